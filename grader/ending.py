"""How a failed command ends: with a sentence on what its user can mend, or as a fault."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from grader.content import ENGINE, BrokenContent
from grader.course import CourseError
from grader.exit_status import ExitStatus, say
from grader.faults import log_fault, logged_line
from grader.mnist import DataError

FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}  # a disk or a quota


def ended_by(error: Exception, command: str, theirs: Sequence[Path]) -> ExitStatus:
    """Says on standard error why the command ends; an unexpected error is logged as a fault.

    theirs: the files and folders that the command's user named, and the working folder.
    """
    if isinstance(error, BrokenContent) and error.__cause__:  # the author needs the traceback
        log_fault(f"bricks {command}: {error}", error)
        say(f"{error} {logged_line()}")
        return ExitStatus.BAD_USE
    if isinstance(error, CourseError | DataError):
        say(str(error))
        return ExitStatus.BAD_USE
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("grader"):
        say(f"{error}: install the kit as 'bricks[instructor]'.")
        return ExitStatus.BAD_USE
    if isinstance(error, OSError) and (error.errno in FULL or concerns(error, theirs)):
        where = f"{error.filename}: " if error.filename is not None else ""
        say(f"{where}{error.strerror or error}.")
        return ExitStatus.BAD_USE
    log_fault(f"bricks {command}", error)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    say(f"the kit itself failed ({' '.join(what.split())}). Please tell us: {logged_line()}")
    return ExitStatus.KIT_FAILED


def concerns(error: OSError, theirs: Sequence[Path]) -> bool:
    """Whether the error is about one of these files, or about one in these folders."""
    if not isinstance(error.filename, str | bytes | os.PathLike):
        return False
    path = Path(os.fsdecode(error.filename)).absolute()
    return not path.is_relative_to(ENGINE) and any(
        path.is_relative_to(each.absolute()) for each in theirs
    )
