"""A process for students' code: its own interpreter, a clean environment, a time limit.

This is the level "basic". It works on every system, and the grader survives whatever the code
does. The code can still use the files and the network that its user may use. The limit is one of
processor time, and does not count the time of processes that the code forks.
"""

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from typing import IO, Any, TypeAlias

import numpy as np

from grader.language import VARIABLE, _, language
from grader.outcome import Crashed, Fault, NotInstalled, Outcome, TooSlow, Unloadable
from grader.printable import printable
from grader.probe import Job, Run
from grader.runner.clock import WALL_LIMIT, Clock, WallLimit
from grader.runner.encoding import (
    FAULT,
    WATCHED,
    Arrays,
    Plain,
    answer_from_frame,
    job_to_frame,
    too_slow,
)
from grader.runner.ending import crashed
from grader.runner.frames import BadFrame, read_frame, write_frame
from grader.runner.keras_imports import needs_keras

IMPORT_LIMIT = 300.0  # seconds for importing Keras, which a cold disk can make very slow
ENDING_LIMIT = 5.0  # seconds for a process to end after its last frame
LOOKS = 0.02, 5.0  # seconds between looks at the clock, at least and at most
MAX_PRINTED = 21_000
NO_MODULE = ModuleNotFoundError.__name__
MAX_NAME = 60  # characters of a package's
MAX_WAITING = 2  # frames; one is asked for at a time
START = "import sys; sys.path[:] = {path!r}; from grader.runner.child import main; main()"
PASSED_ON = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH")

Frame = tuple[Plain, Arrays]
Frames: TypeAlias = "queue.Queue[Frame | str]"


class Process:
    """Runs one job at a time in a child, which is started when needed and killed when too slow."""

    def __init__(self, wall_limit: WallLimit = WALL_LIMIT) -> None:
        self._wall_limit = wall_limit
        self._child: subprocess.Popen[bytes] | None = None
        self._clock = Clock()
        self._frames: Frames = queue.Queue(MAX_WAITING)
        self._asked = 0
        self._watched: Any = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._has_keras = False
        self._one_at_a_time = threading.Lock()

    def import_keras(self) -> None:
        """Imports Keras before a job needs it, since that takes seconds."""
        with self._one_at_a_time:
            self._import_keras()

    def run(self, job: Job) -> Run:
        """See grader.probe.Runner."""
        with self._one_at_a_time:
            return self._run(job)

    def _run(self, job: Job) -> Run:
        of_keras = job.check is not None and job.check.keras
        if not self._has_keras and needs_keras(job):
            # Before the clock starts: the import takes seconds, and on a cold disk many.
            trouble = self._import_keras()
            if isinstance(trouble, Fault) or (trouble and of_keras):
                return Run(trouble)  # else the file's own import fails, and says where
        began = time.monotonic()
        frame = self._ask(*job_to_frame(job), job.limit, job.allowed)
        seconds, cpu = time.monotonic() - began, self._clock.used
        if isinstance(frame, Outcome):
            return Run(frame, "", seconds, cpu)
        plain, returned = frame
        if FAULT in plain:
            from grader.faults import log_fault

            log_fault(f"{job.checks_file.name} in a child", str(plain[FAULT]))
            return Run(Fault(f"{job.checks_file.name} does not load where checks run"))
        try:
            printed = printable(str(plain.get("printed", ""))[:MAX_PRINTED])
            answer = answer_from_frame(plain, returned)
            if of_keras and isinstance(answer, Unloadable) and NO_MODULE in answer.reason:
                answer = self._import_keras() or answer  # the probe may need what the code does not
            return Run(answer, printed, seconds, cpu)
        except BadFrame as error:
            self.close()
            return Run(
                Crashed(_("it sent no readable answer: {error}").format(error=error)),
                "",
                seconds,
                cpu,
            )

    def _import_keras(self) -> NotInstalled | Fault | None:
        """None if the child has Keras; else the missing package, or a fault if the import fails."""
        if self._has_keras:
            return None
        imported = self._ask({"import": "keras"}, {}, IMPORT_LIMIT, IMPORT_LIMIT)
        if isinstance(imported, Outcome):
            return Fault(_("Keras cannot be imported on this machine"))
        if missing := imported[0].get("missing"):
            return NotInstalled(printable(str(missing)[:MAX_NAME]))
        self._has_keras = True
        return None

    def start(self) -> None:
        """Starts the child before a job needs it: its imports take a while."""
        with self._one_at_a_time:
            if self._child is None:
                self._start()

    def interrupt(self) -> None:
        """Ends the child, so that the job that another thread waits for comes back as a crash."""
        if child := self._child:
            end(child)

    def close(self) -> None:
        """Ends the child, whatever it is doing, and removes its folder."""
        if self._child:
            end(self._child)
            self._child.wait()
            if self._child.stdin:
                with suppress(OSError):  # what it has not read is lost
                    self._child.stdin.close()
        if self._scratch:  # now: some processes, such as Dask's workers, end without a last word
            with suppress(OSError, RecursionError):
                self._scratch.cleanup()
        self._child, self._scratch, self._has_keras = None, None, False
        self._frames = queue.Queue(MAX_WAITING)

    def _ask(
        self, plain: Plain, arrays: Arrays, limit: float, allowed: float
    ) -> Frame | TooSlow | Crashed:
        """The answering frame; or the reason why there is none, and then the child has ended.

        allowed: seconds of processor time. limit: the seconds that a message names.
        """
        if self._child and self._child.poll() is not None:
            self.close()  # it ended after its last answer
        child = self._child or self._start()
        assert child.stdin is not None
        self._asked += 1
        self._watched = None
        self._clock = clock = Clock(child.pid)
        backstop = self._wall_limit.backstop(allowed)
        unread = threading.Timer(backstop, end, (child,))  # a write blocks until it is read
        unread.start()
        try:
            write_frame(child.stdin, {**plain, "number": self._asked}, arrays)
            unread.cancel()
            frame = self._next(clock, allowed)
            clock.look()
            if isinstance(frame, tuple):
                return frame
            outcome: TooSlow | Crashed = Crashed(frame) if frame else ended(child)
        except OSError:
            late = clock.wall >= backstop
            outcome = TooSlow(limit, certain=False) if late else ended(child)
        except queue.Empty:
            outcome = too_slow(limit, clock.used >= allowed, self._watched)
        finally:
            unread.cancel()
        self.close()
        return outcome

    def _next(self, clock: Clock, limit: float) -> Frame | str:
        """The answer to the latest job, or why no more come. Raises queue.Empty after the limit."""
        while True:
            left = limit - clock.look()
            late = clock.wall > self._wall_limit.backstop(limit) + clock.waited
            try:
                over = left <= 0 or late
                frame = self._frames.get(timeout=0.0 if over else float(np.clip(left, *LOOKS)))
            except queue.Empty:
                if over:
                    raise
                continue
            if isinstance(frame, str):
                return frame
            if frame[0].get("number") == self._asked:  # another number: forged by code under test
                if WATCHED not in frame[0]:
                    return frame
                self._watched = frame[0][WATCHED]
                if over:
                    raise queue.Empty

    def _start(self) -> subprocess.Popen[bytes]:
        path = [entry for entry in sys.path if entry]
        self._scratch = tempfile.TemporaryDirectory(prefix="bricks-", ignore_cleanup_errors=True)
        self._child = child = subprocess.Popen(
            [sys.executable, "-I", "-c", START.format(path=path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._scratch.name,
            env=environment(self._scratch.name),
            start_new_session=True,  # so that what it forks can be ended with it
        )
        reader = threading.Thread(
            target=_read_frames, args=(child.stdout, self._frames), daemon=True
        )
        reader.start()
        return child


def _read_frames(stream: IO[bytes], frames: Frames) -> None:
    """Puts frames into the queue, in a thread: on Windows, reads from pipes cannot time out.

    The last item is text, the reason why no more frames come; empty at the stream's normal end.
    """
    with stream:
        try:
            while True:
                frames.put(read_frame(stream))
        except EOFError:
            frames.put("")
        except (BadFrame, OSError, ValueError) as error:
            frames.put(_("it sent no readable answer: {error}").format(error=error))


def end(child: subprocess.Popen[bytes]) -> None:
    """Kills the process, and its forks where the system has groups of processes."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()


def ended(child: subprocess.Popen[bytes]) -> Crashed:
    """The outcome of a process that no longer answers."""
    try:
        return crashed(child.wait(ENDING_LIMIT))
    except subprocess.TimeoutExpired:
        return crashed(None)


def environment(scratch: str) -> dict[str, str]:
    """A clean environment: one thread for each numeric library, no output from TensorFlow."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    passed_on |= {k: v for k, v in os.environ.items() if k.startswith("OPENBLAS_")}
    threads = ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")
    return passed_on | {
        **{f"{library}_NUM_THREADS": "1" for library in threads},
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "KERAS_BACKEND": "tensorflow",
        "PYTHONHASHSEED": "0",
        VARIABLE: language(),
        **dict.fromkeys(("HOME", "KERAS_HOME", "TMPDIR", "TEMP", "TMP"), scratch),
    }
