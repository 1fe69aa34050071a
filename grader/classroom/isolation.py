"""The isolation of a class's code: the measured level, and a runner for each brick."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from grader.probe import Runner
from grader.runner.process import Process
from grader.sandbox.levels import BASIC, IsolationError, Measured, runner_at, unmeasured

Runners = Callable[[], AbstractContextManager[Runner]]


@contextmanager
def isolation(
    demanded: str | None, trusted: bool = False, consent: str = "add --isolation basic"
) -> Iterator[tuple[Measured, Runners]]:
    """The level in force, and a function that makes the runner for one brick of one student.

    consent: how the user allows `basic`, for the message.

    Raises IsolationError if the machine does not give the demanded level; or if none is demanded
    and the machine gives only `basic`, unless the code that will run is `trusted`.
    """
    found, measured = runner_at(demanded)
    try:
        if measured.level == BASIC:
            if demanded is None and not trusted:
                raise IsolationError(
                    "This machine gives no isolation: what students wrote could read your files "
                    f"and use your network. {measured.lacking} If you would run it yourself, "
                    f"{consent}."
                )
            yield measured, own_process
        else:
            yield measured, lambda: nullcontext(found)
    finally:
        found.close()


@contextmanager
def as_measured(level: str) -> Iterator[tuple[Measured, Runners]]:
    """The same at a level that canaries have just measured on this machine."""
    found = unmeasured(level)
    try:
        yield Measured(level), own_process if level == BASIC else lambda: nullcontext(found)
    finally:
        found.close()


def in_words(measured: Measured) -> str:
    """The level in force, in a sentence or two for the instructor."""
    if measured.level == BASIC:
        return (
            "Isolation: basic. Each student's code has a process and a time limit of its own, but "
            "may read your files and use your network."
        )
    stopped = sum(canary.stopped for canary in measured.canaries)
    through = [canary.tries for canary in measured.canaries if not canary.stopped]
    gaps = f" Not stopped: {', '.join(through)}." if through else ""
    return (
        f"Isolation: {measured.level}, as measured: {stopped} of {len(measured.canaries)} canaries "
        f"were stopped.{gaps}{measured.lacking and ' ' + measured.lacking}"
    )


@contextmanager
def own_process() -> Iterator[Process]:
    """The runner at the level `basic`: a process for one brick of one student."""
    process = Process()
    try:
        yield process
    finally:
        process.close()
