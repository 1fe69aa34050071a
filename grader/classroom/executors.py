"""Tasks through any executor of the standard kind, so many at a time."""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

from grader.classroom.task import Grade, Mark, Task


def in_turn(
    executor: Executor,
    mark: Mark,
    tasks: Iterable[Task],
    at_once: int,
) -> Iterator[tuple[Task, "Future[list[Grade]]"]]:
    """Tasks with their finished futures, as they finish.

    At most `at_once` are under way, so that ten thousand take no more memory than ten.
    """
    waiting: dict[Future[list[Grade]], Task] = {}
    try:
        for task in tasks:
            waiting[executor.submit(mark, task)] = task
            if len(waiting) >= at_once:
                yield from _finished(waiting)
        while waiting:
            yield from _finished(waiting)
    finally:
        for future in waiting:
            future.cancel()


def _finished(
    waiting: "dict[Future[list[Grade]], Task]",
) -> Iterator[tuple[Task, "Future[list[Grade]]"]]:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        yield waiting.pop(future), future
