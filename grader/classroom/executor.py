"""Runs tasks on an executor, a limited number of them at a time."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass

from grader.classroom.task import GradeTask, Task
from grader.course import CourseError
from grader.report.report import Report

LOOK_AGAIN = 1.0  # seconds; by then a cluster may have grown, or have lost its last worker


class NoWorkersLeft(CourseError):
    """No worker is left to grade the remaining tasks; the message says what to do."""


@dataclass(frozen=True)
class Workers:
    """An executor, and the function `grade_task` that its workers run on a task.

    at_once: returns how many tasks should run; called often, since a cluster may grow.
    ended: the exceptions that the executor raises for a task whose workers ended each time.
    """

    executor: Executor
    grade_task: GradeTask
    at_once: Callable[[], int]
    ended: tuple[type[Exception], ...] = ()

    def ended_on(self, future: "Future[list[Report]]") -> bool:
        """Whether a task that is done was tried several times, and each time its worker ended."""
        return not future.cancelled() and isinstance(future.exception(), self.ended)


def in_turn(
    executor: Executor,
    grade_task: GradeTask,
    tasks: Iterable[Task | None],
    at_once: Callable[[], int],
) -> "Iterator[tuple[Task, Future[list[Report]]] | None]":
    """Tasks with their futures, as they finish. A None in the stream is passed on unchanged.

    At most `at_once()` tasks run at a time, so that ten thousand take no more memory than ten.
    `at_once` is called often; an exception from it ends the iteration.
    """
    waiting: dict[Future[list[Report]], Task] = {}
    try:
        for task in tasks:
            if task is None:
                yield None
                yield from _finished(waiting, 0.0)
                continue
            waiting[executor.submit(grade_task, task)] = task
            while len(waiting) >= at_once():
                yield from _finished(waiting)
        while waiting:
            at_once()
            yield from _finished(waiting)
    finally:
        for future in waiting:
            future.cancel()


def _finished(
    waiting: "dict[Future[list[Report]], Task]", seconds: float = LOOK_AGAIN
) -> Iterator[tuple[Task, "Future[list[Report]]"]]:
    """Waits until a task is done, or `seconds` seconds; returns the tasks that are done."""
    done, _ = wait(waiting, seconds, return_when=FIRST_COMPLETED)
    for future in done:
        yield waiting.pop(future), future
