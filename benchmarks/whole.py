"""A whole command as it is measured: wall time, processor time, and memory of all its processes.

Most of the processor time is what the system adds up of processes that were waited for. Nobody
waits for what runs in bubblewrap's namespaces: there each zygote is asked until its end, which has
waited for its children.
"""

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
    """Runs the command. Raises where it fails; 1 is the exit code for files that do not load."""
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
    apart: dict[int, float] = {}  # processor time of zygotes, by process
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, most, apart, ended), daemon=True)
    watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    ended.set()
    watcher.join()
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(wall, used.ru_utime + used.ru_stime + sum(apart.values()), *most)


def _watch(pid: int, most: list[int], apart: dict[int, float], ended: threading.Event) -> None:
    while not ended.wait(EVERY):
        held = [0]
        with suppress(psutil.Error):
            root = psutil.Process(pid)
            for process in [root, *root.children(recursive=True)]:
                with suppress(psutil.Error):
                    held.append(process.memory_full_info().pss)
                    if process.parent().name() == "bwrap" and process.name() != "bwrap":
                        used = process.cpu_times()
                        children = used.children_user + used.children_system
                        apart[process.pid] = used.user + used.system + children
        most[:] = max(most[0], sum(held)), max(most[1], *held[:2])
