"""A forked child: it puts limits and filters on itself, reads its job, answers, and ends."""

import fcntl
import os
import tempfile
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path

from grader.probe import Job
from grader.runner.child import perform
from grader.runner.child_encoding import job_from_frame
from grader.runner.encoding import CHECKS, WATCHED, Arrays, Plain
from grader.runner.ending import OUT_OF_MEMORY
from grader.runner.frames import read_frame, write_frame
from grader.sandbox import landlock, limits, readable_files, seccomp
from grader.sandbox.compiled_checks import brick_of
from grader.sandbox.folder_rules import complete
from grader.sandbox.sealed_jobs import mapped_arrays

ANSWER, JOB, ARRAYS, RULES, FIRST_OTHER = 3, 4, 5, 6, 7  # the descriptors beside those of /dev/null
ONE_AT_A_TIME = threading.Lock()  # frames
NOT_READY = 70  # an exit code
READY = b"!"  # stands before every answer; what fails before it is the kit's fault
MAX_TRACEBACK = 4_000  # bytes: less than a pipe takes at once
HOMES = ("HOME", "KERAS_HOME", "TMPDIR", "TEMP", "TMP")


@dataclass(frozen=True)
class Confinement:
    """What all children share. It is made once, before the first is forked."""

    files: readable_files.Readable
    path: list[str]
    filters: bytes
    signals: bytes  # for any process


def confinement() -> Confinement:
    return Confinement(
        readable_files.readable(),
        readable_files.importable(),
        seccomp.program(seccomp.general_rules()),
        seccomp.signal_program(),
    )


def be_child(
    shared: Confinement, limit: float, scratch: Path, rules: landlock.Rules, fds: list[int]
) -> None:
    """Never returns. The process is confined before it reads the job.

    rules: those of the folder `scratch`.
    fds: of the answer's pipe, of the job's file, of the arrays' file.
    """
    code = NOT_READY
    try:
        _keep([*fds, rules.fd])
        rules.fd = RULES
        _confine(shared, limit, scratch, rules)
        job = _read_job()
        os.write(ANSWER, READY)
        code = OUT_OF_MEMORY
        perform(job, _send)  # its first frames may tell what runs; the last is the answer
        code = 0
    except BaseException:
        if code == NOT_READY:  # nobody's code but ours has run: what it was, the grader may read
            os.write(ANSWER, traceback.format_exc().encode()[-MAX_TRACEBACK:])
        raise
    finally:
        os._exit(code)


def _keep(fds: list[int]) -> None:
    """Closes all descriptors but these and the three of /dev/null."""
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for fd in fds]  # out of each other's way
    for fd, number in zip(high, (ANSWER, JOB, ARRAYS, RULES), strict=True):
        os.dup2(fd, number)
    os.closerange(FIRST_OTHER, os.sysconf("SC_OPEN_MAX"))


def _confine(shared: Confinement, limit: float, scratch: Path, rules: landlock.Rules) -> None:
    os.chdir(scratch)
    os.environ.update(dict.fromkeys(HOMES, str(scratch)))
    tempfile.tempdir = str(scratch)
    complete(rules)
    limits.put_on(limit)
    rules.put_on()
    seccomp.put_on(seccomp.of_process(shared.signals, os.getpid()))
    seccomp.put_on(shared.filters)


def _send(plain: Plain, arrays: Arrays) -> None:
    with ONE_AT_A_TIME, os.fdopen(ANSWER, "wb", closefd=WATCHED not in plain) as stream:
        write_frame(stream, plain, arrays)


def _read_job() -> Job:
    os.lseek(JOB, 0, os.SEEK_SET)  # a second try reads it again
    with os.fdopen(JOB, "rb") as file:
        plain, arrays = read_frame(file)
    arrays |= mapped_arrays(ARRAYS)
    os.close(ARRAYS)
    return job_from_frame(plain, arrays, lambda path: brick_of(arrays[CHECKS].tobytes(), path))
