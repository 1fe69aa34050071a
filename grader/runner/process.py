"""A process for students' code: its own interpreter, a clean environment, a time limit.

Level "basic": works on every system, and keeps the grader alive whatever the code does. It does
not keep the code from the files and the network that its user may use. The limit is of processor
time, as everywhere; a fork that the code makes is not counted.
"""

import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np

from grader.check import Check
from grader.outcome import Array, Crashed, Fault, NotInstalled, Outcome, TooSlow, Unloadable
from grader.probe import Run
from grader.runner.answer import readable
from grader.runner.clock import PATIENT, Clock, Patience
from grader.runner.frames import BadFrame, answer_from_frame, read_frame, write_frame
from grader.source import Source

IMPORT_LIMIT = 300.0  # seconds for importing Keras, which a cold disk can make very slow
ENDING_LIMIT = 5.0  # seconds for a process to end after its last word
LOOKS = 0.02, 5.0  # seconds between looks at the clock, at least and at most
MAX_PRINTED = 21_000
NO_MODULE = ModuleNotFoundError.__name__
MAX_NAME = 60  # characters of a package's
MAX_WAITING = 2  # frames; one is asked for at a time
START = "import sys; sys.path[:] = {path!r}; from grader.runner.child import main; main()"
KILL = 9  # Windows has no name for it
KERAS = re.compile(rb"\b(keras|tensorflow)\b")
IMPORTS = re.compile(rb"(?:^|[;:])\s*((?:import|from)\s[^;]*)")  # also after `try:`
KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH")

Frame = tuple[dict[str, Any], dict[str, Array]]
Frames: TypeAlias = "queue.Queue[Frame | str]"


class Process:
    """Answers one job at a time in a child process, started when needed, killed when too slow."""

    def __init__(self, patience: Patience = PATIENT) -> None:
        self._patience = patience
        self._child: subprocess.Popen[bytes] | None = None
        self._clock = Clock()
        self._frames: Frames = queue.Queue(MAX_WAITING)
        self._asked = 0
        self._scratch = tempfile.TemporaryDirectory(prefix="bricks-", ignore_cleanup_errors=True)
        self._has_keras = False
        self._one_at_a_time = threading.Lock()

    def import_keras(self) -> None:
        """Before a job needs it: it takes seconds."""
        with self._one_at_a_time:
            self._import_keras()

    def run(
        self,
        check: Check | None,
        checks_file: Path,
        sources: Sequence[Source],
        inputs: Mapping[str, Any],
        limit: float,
    ) -> Run:
        """See grader.probe.Place."""
        with self._one_at_a_time:
            return self._run(check, checks_file, sources, inputs, limit)

    def _run(
        self,
        check: Check | None,
        checks_file: Path,
        sources: Sequence[Source],
        inputs: Mapping[str, Any],
        limit: float,
    ) -> Run:
        keras_now = check is not None and check.keras
        if not self._has_keras and imports_keras(sources[-1].code, anywhere=keras_now):
            # Off the clock: the import takes seconds, on a cold disk many, whoever does it.
            trouble = self._import_keras()
            if isinstance(trouble, Fault) or (trouble and keras_now):
                return Run(trouble)  # else the file's own import fails, and says where
        arrays = {k: v for k, v in inputs.items() if isinstance(v, np.ndarray)}
        for source in sources:
            arrays[f"source {source.brick}"] = np.frombuffer(source.code, dtype=np.uint8)
        job = {
            "checks": str(checks_file),
            "check": check.name if check else None,
            "sources": [(source.brick, source.file, source.own) for source in sources],
            "inputs": {k: v for k, v in inputs.items() if k not in arrays},
            "limit": limit,
        }
        began = time.monotonic()
        frame = self._ask(job, arrays, limit)
        seconds, cpu = time.monotonic() - began, self._clock.used
        if isinstance(frame, Outcome):
            return Run(frame, "", seconds, cpu)
        plain, returned = frame
        try:
            printed = readable(str(plain.get("printed", ""))[:MAX_PRINTED])
            answer = answer_from_frame(plain, returned)
            if keras_now and isinstance(answer, Unloadable) and NO_MODULE in answer.reason:
                answer = self._import_keras() or answer  # the probe may need what the code does not
            return Run(answer, printed, seconds, cpu)
        except BadFrame as error:
            self.close()
            return Run(Crashed(f"it sent no readable answer: {error}"), "", seconds, cpu)

    def _import_keras(self) -> NotInstalled | Fault | None:
        """None where the child has it; else what is missing, or that it fails."""
        if self._has_keras:
            return None
        imported = self._ask({"import": "keras"}, {}, IMPORT_LIMIT)
        if isinstance(imported, Outcome):
            return Fault("Keras cannot be imported on this machine")
        if missing := imported[0].get("missing"):
            return NotInstalled(readable(str(missing)[:MAX_NAME]))
        self._has_keras = True
        return None

    def close(self) -> None:
        """Ends the child, whatever it is doing."""
        if self._child:
            end(self._child)
            self._child.wait()
            if self._child.stdin:
                with suppress(OSError):  # what it has not read is lost
                    self._child.stdin.close()
        self._child, self._has_keras = None, False
        self._frames = queue.Queue(MAX_WAITING)

    def _ask(
        self, job: Mapping[str, Any], arrays: Mapping[str, Any], limit: float
    ) -> Frame | TooSlow | Crashed:
        """The answering frame, or why there is none; then the child is gone."""
        if self._child and self._child.poll() is not None:
            self.close()  # it ended after its last answer
        child = self._child or self._start()
        assert child.stdin is not None
        self._asked += 1
        self._clock = clock = Clock(child.pid)
        allowed = self._patience.backstop(limit)
        unread = threading.Timer(allowed, end, (child,))  # writing waits for one who does not read
        unread.start()
        try:
            write_frame(child.stdin, {**job, "number": self._asked}, arrays)
            unread.cancel()
            frame = self._next(clock, limit)
            clock.look()
            if isinstance(frame, tuple):
                return frame
            outcome: TooSlow | Crashed = Crashed(frame) if frame else ended(child)
        except OSError:
            late = clock.wall >= allowed
            outcome = TooSlow(limit, certain=False) if late else ended(child)
        except queue.Empty:
            outcome = TooSlow(limit, certain=clock.used >= limit)
        finally:
            unread.cancel()
        self.close()
        return outcome

    def _next(self, clock: Clock, limit: float) -> Frame | str:
        """The answer to the latest job, or why no more come. Raises queue.Empty after the limit."""
        while True:
            left = limit - clock.look()
            late = clock.wall > self._patience.backstop(limit) + clock.waited
            try:
                over = left <= 0 or late
                frame = self._frames.get(timeout=0.0 if over else float(np.clip(left, *LOOKS)))
            except queue.Empty:
                if over:
                    raise
                continue
            if isinstance(frame, str) or frame[0].get("number") == self._asked:
                return frame  # others answer what was not asked: code under test wrote them

    def _start(self) -> subprocess.Popen[bytes]:
        path = [entry for entry in sys.path if entry]
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
    """Queues frames until there are no more: reads from pipes have no time-out on Windows.

    The last in the queue is text: why no more come, or nothing at the stream's plain end.
    """
    with stream:
        try:
            while True:
                frames.put(read_frame(stream))
        except EOFError:
            frames.put("")
        except (BadFrame, OSError, ValueError) as error:
            frames.put(f"it sent no readable answer: {error}")


def end(child: subprocess.Popen[bytes]) -> None:
    """Kills the process, and what it forked where the system has groups of processes."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()


def ended(child: subprocess.Popen[bytes]) -> Crashed:
    """How a process ended that answers no more."""
    try:
        code = child.wait(ENDING_LIMIT)
    except subprocess.TimeoutExpired:
        return Crashed("it closed the stream that its answer takes")
    if code >= 0:
        return Crashed(f"it ended itself with exit code {code}")
    return Crashed(f"ended by signal {-code}", certain=code != -KILL)


def environment(scratch: str) -> dict[str, str]:
    """A clean environment: one thread for each numeric library, no output from TensorFlow."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    kept |= {k: v for k, v in os.environ.items() if k.startswith("OPENBLAS_")}
    threads = ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM")
    return kept | {
        **{f"{library}_NUM_THREADS": "1" for library in threads},
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "KERAS_BACKEND": "tensorflow",
        "PYTHONHASHSEED": "0",
        **dict.fromkeys(("HOME", "KERAS_HOME", "TMPDIR", "TEMP", "TMP"), scratch),
    }


@lru_cache(maxsize=64)  # asked again for each check
def imports_keras(code: bytes, anywhere: bool) -> bool:
    """Whether the source imports Keras or TensorFlow: as it loads, or anywhere.

    Told from its lines and never parsed: Python's parser takes minutes for some files, in which no
    other thread runs. A wrong guess costs the code some seconds of its processor time.
    """
    in_function = False
    for line in code.splitlines():
        if line[:1].strip():
            in_function = line.startswith((b"def ", b"async def "))
        if in_function and not anywhere:
            continue
        for statement in IMPORTS.findall(line.split(b"#")[0]):
            if KERAS.search(statement):
                return True
    return False
