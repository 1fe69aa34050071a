"""A whole command as it is measured: wall time, processor time, and memory of all its processes."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

EVERY = 0.3  # seconds between looks at the memory


@dataclass(frozen=True)
class Cost:
    """wall and cpu in seconds; memory in bytes, the most that all processes held together, and
    coordinator, the most that the first of them did.

    What processes share counts once (proportional set size).
    """

    wall: float
    cpu: float
    memory: int
    coordinator: int


def cost_of(command: Sequence[str], cwd: Path, environment: Mapping[str, str] = {}) -> Cost:
    """Runs the command; cpu includes every child that was waited for."""
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    most = [0, 0]  # of all processes, of the first
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, most, ended), daemon=True)
    watcher.start()
    _, _, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = 0  # it was waited for here
    ended.set()
    watcher.join()
    return Cost(wall, used.ru_utime + used.ru_stime, *most)


def _watch(pid: int, most: list[int], ended: threading.Event) -> None:
    while not ended.wait(EVERY):
        held = [0]
        with suppress(psutil.Error):
            root = psutil.Process(pid)
            for process in [root, *root.children(recursive=True)]:
                with suppress(psutil.Error):
                    held.append(process.memory_full_info().pss)
        most[:] = max(most[0], sum(held)), max(most[1], *held[:2])
