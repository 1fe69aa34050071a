"""Where a class's code runs: the isolation that was measured, and a place for each brick."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from grader.probe import Runner
from grader.runner.process import Process
from grader.sandbox.levels import BASIC, IsolationError, Measured, runner_at

Places = Callable[[], AbstractContextManager[Runner]]


@contextmanager
def isolation(
    demanded: str | None, trusted: bool = False, consent: str = "add --isolation basic"
) -> Iterator[tuple[Measured, Places]]:
    """The level that is in force, and what makes a place for one brick of one student.

    consent: how who asks would say that `basic` will do, for the message.

    Raises IsolationError where the demanded level is not to be had; or where none is demanded and
    there is only `basic`, unless the code that will run is `trusted`.
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


def in_words(measured: Measured) -> str:
    """What the instructor should know of the level in force."""
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
    """Level "basic": a process for one brick of one student."""
    process = Process()
    try:
        yield process
    finally:
        process.close()
