"""A process for students' code: its own interpreter, a clean environment, a time limit.

Level "basic": works on every system, and keeps the grader alive whatever the code does. It does
not keep the code from the files and the network that its user may use.
"""

import ast
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np

from grader.check import Check
from grader.implementation import Source
from grader.outcome import Array, Crashed, Fault, Outcome, TooSlow
from grader.place import Run
from grader.sandbox.frames import BadFrame, answer_from_frame, read_frame, write_frame

IMPORT_LIMIT = 300.0  # seconds for importing Keras, which a cold disk can make very slow
MAX_PRINTED = 21_000
START = "import sys; sys.path[:] = {path!r}; from grader.sandbox.child import main; main()"
KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH")

Frame = tuple[dict[str, Any], dict[str, Array]]
Frames: TypeAlias = "queue.Queue[Frame | str]"


class Process:
    """Answers one job at a time in a child process, started when needed, killed when too slow."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._frames: Frames = queue.Queue()
        self._scratch = tempfile.TemporaryDirectory(prefix="bricks-", ignore_cleanup_errors=True)
        self._has_keras = False

    def run(
        self,
        check: Check | None,
        checks_file: Path,
        sources: Sequence[Source],
        inputs: Mapping[str, Any],
        limit: float,
    ) -> Run:
        """See grader.place.Place."""
        keras_now = check is not None and check.keras
        if not self._has_keras and imports_keras(sources[-1].code, anywhere=keras_now):
            # Off the clock: the import takes seconds, on a cold disk many, whoever does it.
            imported = self._ask({"import": "keras"}, {}, IMPORT_LIMIT)
            if isinstance(imported, Outcome):
                return Run(Fault("Keras cannot be imported on this machine"), "", 0.0)
            self._has_keras = True
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
        seconds = time.monotonic() - began
        if isinstance(frame, Outcome):
            return Run(frame, "", seconds)
        plain, returned = frame
        try:
            printed = str(plain.get("printed", ""))[:MAX_PRINTED]
            return Run(answer_from_frame(plain, returned), printed, seconds)
        except BadFrame as error:
            self.close()
            return Run(Crashed(f"it sent no readable answer: {error}"), "", seconds)

    def close(self) -> None:
        """Ends the child, whatever it is doing."""
        if self._child:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe:
                    pipe.close()
        self._child, self._has_keras = None, False
        self._frames = queue.Queue()

    def _ask(
        self, job: Mapping[str, Any], arrays: Mapping[str, Any], limit: float
    ) -> Frame | TooSlow | Crashed:
        """The answering frame, or why there is none; then the child is gone."""
        child = self._child or self._start()
        assert child.stdin is not None
        try:
            write_frame(child.stdin, job, arrays)
            frame = self._frames.get(timeout=limit)
            if isinstance(frame, tuple):
                return frame
            outcome: TooSlow | Crashed = Crashed(frame or ending(child.wait()))
        except OSError:
            outcome = Crashed(ending(child.wait()))
        except queue.Empty:
            outcome = TooSlow(limit)
        self.close()
        return outcome

    def _start(self) -> subprocess.Popen[bytes]:
        path = [entry for entry in sys.path if entry]
        self._child = child = subprocess.Popen(
            [sys.executable, "-I", "-c", START.format(path=path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._scratch.name,
            env=environment(self._scratch.name),
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
    try:
        while True:
            frames.put(read_frame(stream))
    except EOFError:
        frames.put("")
    except (BadFrame, OSError, ValueError) as error:
        frames.put(f"it sent no readable answer: {error}")


def ending(code: int) -> str:
    """How a process ended, from its exit code."""
    return f"it ended itself with exit code {code}" if code >= 0 else f"ended by signal {-code}"


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
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "CUDA_VISIBLE_DEVICES": "-1",
        "KERAS_BACKEND": "tensorflow",
        "PYTHONHASHSEED": "0",
        **dict.fromkeys(("HOME", "KERAS_HOME", "TMPDIR", "TEMP", "TMP"), scratch),
    }


def imports_keras(code: bytes, anywhere: bool) -> bool:
    """Whether the source imports Keras or TensorFlow: at its top, or anywhere."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    names = set()
    for node in ast.walk(tree) if anywhere else tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return bool(names & {"keras", "tensorflow"})
