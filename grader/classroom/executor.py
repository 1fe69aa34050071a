"""Tasks through any executor of the standard kind, so many at a time."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass

from grader.classroom.task import Mark, Task
from grader.course import CourseError
from grader.report import Report

LOOK_AGAIN = 1.0  # seconds; a cluster may have grown, or have lost its last worker


class NobodyLeft(CourseError):
    """Nobody is left to grade what is not graded yet; the message says what to do."""


@dataclass(frozen=True)
class Workers:
    """Who grades: an executor that runs `mark` on tasks.

    at_once: how many tasks to have under way; asked again and again, since a cluster may grow.
    ended: what the executor raises for a task on which its workers ended.
    """

    executor: Executor
    mark: Mark
    at_once: Callable[[], int]
    ended: tuple[type[Exception], ...] = ()

    def ended_on(self, future: "Future[list[Report]]") -> bool:
        """Whether a task that is done was tried several times, and each time its worker ended."""
        return not future.cancelled() and isinstance(future.exception(), self.ended)


def in_turn(
    executor: Executor,
    mark: Mark,
    tasks: Iterable[Task | None],
    at_once: Callable[[], int],
) -> "Iterator[tuple[Task, Future[list[Report]]] | None]":
    """Tasks with their finished futures, as they finish. None in place of a task is handed through.

    At most `at_once()` are under way, so that ten thousand take no more memory than ten. It is
    asked again and again; what it raises ends the iteration.
    """
    waiting: dict[Future[list[Report]], Task] = {}
    try:
        for task in tasks:
            if task is None:
                yield None
                yield from _finished(waiting, 0.0)
                continue
            waiting[executor.submit(mark, task)] = task
            while len(waiting) >= at_once():
                yield from _finished(waiting)
        while waiting:
            at_once()
            yield from _finished(waiting)
    finally:
        for future in waiting:
            future.cancel()


def _finished(
    waiting: "dict[Future[list[Report]], Task]", patience: float = LOOK_AGAIN
) -> Iterator[tuple[Task, "Future[list[Report]]"]]:
    """Those that are done by now; none, where a while has passed and nothing is done."""
    done, _ = wait(waiting, patience, return_when=FIRST_COMPLETED)
    for future in done:
        yield waiting.pop(future), future
