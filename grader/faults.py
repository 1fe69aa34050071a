"""The log of the kit's own faults, with tracebacks. A report shows only one line of each fault.

The log is a file in the user's folder of logs, unless a command names another folder. The first
fault creates the file. A student's mistake is never logged.
"""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from platformdirs import user_log_path

from grader.language import _
from grader.printable import printable

FILE = "faults.log"


@dataclass
class FaultLog:
    """Writes faults into a folder (None: the user's), and to the terminal if `shown`.

    path: the file, once a fault is in it.
    """

    folder: Path | None = None
    shown: bool = False
    path: Path | None = None
    _known: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def write(self, about: str, details: str) -> None:
        """Writes each fault once, though it may come again for each student of a class."""
        text = printable(f"{about}\n{details.rstrip()}\n\n")
        with self._lock:
            if text in self._known:
                return
            self._known.add(text)
            if self.shown:
                print(text, file=sys.stderr, flush=True)
            folders = [user_log_path("bricks")]
            for folder in [self.folder, *folders] if self.folder else folders:
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                    with (folder / FILE).open("a", encoding="utf-8") as file:
                        file.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}")
                except OSError:  # the folder cannot be written: try the next
                    continue
                self.path = folder / FILE
                return


_log = FaultLog()


@contextmanager
def logging_faults(folder: Path | None, shown: bool) -> Iterator[FaultLog]:
    """While the block lasts, faults of all threads are logged there."""
    global _log
    before, _log = _log, FaultLog(folder, shown)
    try:
        yield _log
    finally:
        _log = before


class ForwardingLog(FaultLog):
    """A log that gives faults to a function, in a process whose faults another process logs."""

    def __init__(self, to: Callable[[str, str], None]):
        super().__init__()
        self._to = to

    def write(self, about: str, details: str) -> None:
        self._to(about, details)


@contextmanager
def forwarding_faults(to: Callable[[str, str], None]) -> Iterator[None]:
    """While the block lasts, faults of all threads go to the function, as to `FaultLog.write`."""
    global _log
    before, _log = _log, ForwardingLog(to)
    try:
        yield
    finally:
        _log = before


def log_fault(about: str, details: BaseException | str) -> None:
    """Logs an exception with its traceback, or a text. about: where it happened."""
    if isinstance(details, BaseException):
        details = "".join(traceback.format_exception(details))
    _log.write(about, details)


def logged_line() -> str:
    """A sentence that names the log's file; empty if there was no fault."""
    said = _("{file} has the whole of it, with tracebacks.")
    return said.format(file=_log.path) if _log.path else ""
