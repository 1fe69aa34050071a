"""A note while a check trains: what the check does, and how long that takes.

On a terminal it stands after pytest's letters, in a notebook under the cell, until the check ends.
"""

import contextvars
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

from grader.check import Check
from grader.language import _

SECONDS = "bricks/seconds"  # in pytest's cache: by check, how long it took the last time
EVERY = 0.5  # seconds
BAR = 10


def note(check: Check, seconds: float, before: float) -> str:
    """The note's text. before: how many seconds the check took the last time; 0: not known."""
    if not before:
        said = _("trains on digits: {n} s") if check.labels else _("uses Keras: {n} s")
        return said.format(n=f"{seconds:.0f}")
    said = _("trains {bar} about {n} s left") if check.labels else _("Keras {bar} about {n} s left")
    done = min(BAR, int(BAR * seconds / before))
    left = max(1.0, before - seconds)
    return said.format(bar=f"[{'#' * done}{'.' * (BAR - done)}]", n=f"{left:.0f}")


class Waiting:
    """Shows the note from the first half second on, for as long as the block lasts.

    show: replaces the note by another one; "" removes it. It is called in a thread of its own.
    before: the seconds of the last time; 0 where there was none.
    seconds: how long the block took, once it has ended.
    """

    def __init__(self, show: Callable[[str], None], check: Check, before: float):
        self._show, self._check, self._before = show, check, before
        self._over = threading.Event()
        self.seconds = 0.0

    def __enter__(self) -> "Waiting":
        self._began = time.monotonic()
        in_context = contextvars.copy_context().run  # a kernel finds the cell to write to there
        self._thread = threading.Thread(target=in_context, args=(self._repeat,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._show("")
        self.seconds = round(time.monotonic() - self._began, 1)

    def _repeat(self) -> None:
        while not self._over.wait(EVERY):
            self._show(note(self._check, time.monotonic() - self._began, self._before))


def behind_letters(terminal: TextIO) -> Callable[[str], None]:
    """A `show` for a terminal, which deletes each letter of the note before."""
    shown = ""

    def show(text: str) -> None:
        nonlocal shown
        wiped = "\b \b" * len(shown)
        shown = f" {text}" if text else ""
        terminal.write(wiped + shown)
        terminal.flush()

    return show
