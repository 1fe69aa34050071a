"""What a forked child does: limits and filters go on, then it reads its job, answers, and ends."""

import fcntl
import os
import signal
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.check import Check
from grader.course import brick_of
from grader.runner.child import perform
from grader.runner.frames import read_frame, write_frame
from grader.sandbox import landlock, limits, readable_files, seccomp
from grader.sandbox.sealed_jobs import mapped_arrays

ANSWER, JOB, ARRAYS, FIRST_OTHER = 3, 4, 5, 6  # the descriptors beside those of /dev/null
NOT_READY, OUT_OF_MEMORY = 70, 71  # exit codes
MAX_TRACEBACK = 4_000  # bytes: less than a pipe takes at once
READY = b"!"  # stands before every answer: what fails before it is no student's fault
HOMES = ("HOME", "KERAS_HOME", "TMPDIR", "TEMP", "TMP")


@dataclass(frozen=True)
class Confinement:
    """What is the same for all children: made once, before any is forked."""

    files: readable_files.Readable
    path: list[str]
    filters: bytes


def confinement() -> Confinement:
    return Confinement(
        readable_files.readable(),
        readable_files.importable(),
        seccomp.program(seccomp.general_rules()),
    )


def be_child(shared: Confinement, limit: float, scratch: Path, fds: list[int]) -> None:
    """Never returns. The job is not even read before the process is confined.

    fds: where the answer goes, and where job and arrays come from.
    """
    code = NOT_READY
    try:
        _keep(fds)
        _confine(shared, limit, scratch)
        check, job, arrays = _read_job()
        os.write(ANSWER, READY)
        code = OUT_OF_MEMORY
        plain, returned = perform(check, job, arrays)
        with os.fdopen(ANSWER, "wb") as stream:
            write_frame(stream, plain, returned)
        code = 0
    except BaseException:
        if code == NOT_READY:  # nobody's code but ours has run: what it was, the grader may read
            os.write(ANSWER, traceback.format_exc().encode()[-MAX_TRACEBACK:])
        raise
    finally:
        os._exit(code)


def _keep(fds: list[int]) -> None:
    """Closes all descriptors but these and those of /dev/null."""
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for fd in fds]  # out of each other's way
    for fd, kept in zip(high, (ANSWER, JOB, ARRAYS), strict=True):
        os.dup2(fd, kept)
    os.closerange(FIRST_OTHER, os.sysconf("SC_OPEN_MAX"))


def _confine(shared: Confinement, limit: float, scratch: Path) -> None:
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    os.chdir(scratch)
    os.environ.update(dict.fromkeys(HOMES, str(scratch)))
    tempfile.tempdir = str(scratch)
    rules = landlock.Rules()
    rules.grant(landlock.READ, shared.files.whole)
    rules.grant(landlock.READ_DIR, shared.files.listed)
    rules.grant(landlock.READ_AND_WRITE_FILE, ["/dev/null"])
    rules.grant(landlock.OWN, [str(scratch)])
    signals = seccomp.program(seccomp.signal_rules(os.getpid()))
    limits.put_on(limit)
    rules.put_on()
    seccomp.put_on(signals)
    seccomp.put_on(shared.filters)


def _read_job() -> tuple[Check | None, dict[str, Any], dict[str, Any]]:
    os.lseek(JOB, 0, os.SEEK_SET)  # a second try reads it again
    with os.fdopen(JOB, "rb") as file:
        job, arrays = read_frame(file)
    arrays |= mapped_arrays(ARRAYS)
    os.close(ARRAYS)
    check = None
    if job["check"]:
        compiled = arrays.pop("checks").tobytes()
        check = brick_of(compiled, Path(job["checks"])).checks[job["check"]]
    return check, job, arrays
