"""A note on the terminal while a check trains: what the check does, and how long that takes.

The note stands after pytest's letters, and is removed when the check ends.
"""

import threading
import time
from types import TracebackType
from typing import Any, TextIO

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
    """Shows the note from the first half second on, for as long as the block lasts."""

    def __init__(self, terminal: TextIO, check: Check, cache: Any):
        self._terminal, self._check, self._cache = terminal, check, cache
        self._known: dict[str, float] = cache.get(SECONDS, {}) if cache else {}
        self._over = threading.Event()
        self._shown = ""

    def __enter__(self) -> None:
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._show, daemon=True)
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._write("")
        if self._cache:
            seconds = round(time.monotonic() - self._began, 1)
            self._cache.set(SECONDS, {**self._known, self._check.id: seconds})

    def _show(self) -> None:
        while not self._over.wait(EVERY):
            seconds = time.monotonic() - self._began
            self._write(f" {note(self._check, seconds, self._known.get(self._check.id, 0.0))}")

    def _write(self, text: str) -> None:
        """Replaces the note, by deleting each of its letters."""
        wiped = "\b \b" * len(self._shown)
        self._terminal.write(wiped + text)
        self._terminal.flush()
        self._shown = text
