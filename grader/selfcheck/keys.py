"""Reads single keys from the terminal, without Enter, on every system."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def single_keys() -> Iterator[Callable[[], str]]:
    """Yields a function that blocks until a key is pressed, and returns it; "" at the end.

    While the block lasts, keys come one by one and are not echoed.
    """
    if sys.platform == "win32":
        import msvcrt

        yield msvcrt.getwch
        return
    import os
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    try:
        yield lambda: os.read(terminal, 1).decode("ascii", "ignore")
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
