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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.answer import Answer
from grader.check import Check
from grader.implementation import Source
from grader.outcome import Crashed, Fault, TooSlow
from grader.sandbox.frames import BadFrame, answer_from_frame, read_frame, write_frame

IMPORT_LIMIT = 300.0  # seconds for importing Keras, which a cold disk can make very slow
MAX_PRINTED = 21_000
START = "import sys; sys.path[:] = {path!r}; from grader.sandbox.child import main; main()"
KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Run:
    """What came of one job: the answer (None: the source loads), what was printed, how long."""

    answer: Answer | None
    printed: str
    seconds: float


class Process:
    """Answers one job at a time in a child process, started when needed, killed when too slow."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._frames: queue.Queue[Any] = queue.Queue()
        self._scratch = tempfile.TemporaryDirectory(prefix="bricks-", ignore_cleanup_errors=True)
        self._has_keras = False

    def run(
        self,
        check: Check | None,
        checks_file: Path,
        sources: Sequence[Source],
        inputs: Mapping[str, Any],
        limit: float = 10.0,
    ) -> Run:
        """Runs the check's probe on the last source; without a check, only loads it."""
        if not self._has_keras and imports_keras(
            sources[-1].code, anywhere=check is not None and check.keras
        ):
            # Off the clock: the import takes seconds, on a cold disk many, whoever does it.
            if self._ask({"import": "keras"}, {}, IMPORT_LIMIT) != ({}, {}):
                self.close()
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
        if frame is None:
            self.close()
            return Run(TooSlow(limit), "", seconds)
        try:
            plain, returned = frame
            printed = str(plain.get("printed", ""))[:MAX_PRINTED]
            return Run(answer_from_frame(plain, returned), printed, seconds)
        except (BadFrame, TypeError):
            self.close()
            return Run(Crashed(str(frame)), "", seconds)

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

    def _ask(self, job: Mapping[str, Any], arrays: Mapping[str, Any], limit: float) -> Any:
        """The answering frame; None when it is late; the reason, as text, when there is none."""
        if self._child is None:
            self._start()
        child = self._child
        assert child is not None and child.stdin is not None
        try:
            write_frame(child.stdin, job, arrays)  # type: ignore[arg-type]
        except OSError:
            return "it ended before its time"
        try:
            frame = self._frames.get(timeout=limit)
        except queue.Empty:
            return None
        if isinstance(frame, EOFError):
            code = child.wait()
            return f"it ended itself with exit code {code}" if code >= 0 else f"signal {-code}"
        return frame

    def _start(self) -> None:
        path = [entry for entry in sys.path if entry]
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-c", START.format(path=path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._scratch.name,
            env=environment(self._scratch.name),
        )
        reader = threading.Thread(
            target=_read_frames, args=(self._child.stdout, self._frames), daemon=True
        )
        reader.start()


def _read_frames(stream: Any, frames: "queue.Queue[Any]") -> None:
    """Puts frames into the queue until there are no more: pipes have no time-out on Windows."""
    try:
        while True:
            frames.put(read_frame(stream))
    except EOFError as end:
        frames.put(end)
    except (BadFrame, OSError, ValueError) as error:
        frames.put(f"it sent no readable answer: {error}")


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
