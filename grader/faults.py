"""Faults of the kit, kept whole: a report has room for a line, who mends it needs the traceback.

They go into a file, in the user's folder of logs where no command names another. It is made when
the first fault comes. A student's mistake never goes there.
"""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from platformdirs import user_log_path

from grader.printable import printable

FILE = "faults.log"


@dataclass
class FaultLog:
    """Where faults are written: into a folder (None: the user's), and to the terminal if `shown`.

    path: of the file, once something is in it.
    """

    folder: Path | None = None
    shown: bool = False
    path: Path | None = None
    _known: set[str] = field(default_factory=set)
    _one_writes: Lock = field(default_factory=Lock)

    def write(self, about: str, whole: str) -> None:
        """The same fault is written once: it may come again for each student of a class."""
        text = printable(f"{about}\n{whole.rstrip()}\n\n")
        with self._one_writes:
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
                except OSError:  # it cannot be written there, and a fault must not hide another
                    continue
                self.path = folder / FILE
                return


_log = FaultLog()


@contextmanager
def logging_faults(folder: Path | None, shown: bool) -> Iterator[FaultLog]:
    """As long as the block lasts, faults go there, from all threads."""
    global _log
    before, _log = _log, FaultLog(folder, shown)
    try:
        yield _log
    finally:
        _log = before


def log_fault(about: str, whole: BaseException | str) -> None:
    """Keeps an exception with its traceback, or a text that says all. about: where it happened."""
    if isinstance(whole, BaseException):
        whole = "".join(traceback.format_exception(whole))
    _log.write(about, whole)


def where_logged() -> Path | None:
    """The file that has the faults of this process; None where there was none."""
    return _log.path


def logged_line() -> str:
    """A sentence that names the file; empty where there was no fault."""
    return f"{_log.path} has the whole of it, with tracebacks." if _log.path else ""
