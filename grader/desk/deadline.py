"""A limit of processor time for work that this process does itself."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

AGAIN = 0.1  # seconds until the next TimeIsUp, in case a library caught the first one


class TimeIsUp(BaseException):
    """The work took too long. No `except Exception` of a library catches it."""


def can_be_limited() -> bool:
    """Whether `at_most` works here: it needs signals, which only the main thread gets."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TimeIsUp in the block after so many seconds of processor time.

    Python looks for signals inside a regular expression's search too.
    """
    if not can_be_limited():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, max(seconds, 0.001), AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
