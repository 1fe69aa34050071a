"""How many cores this process may use: in a container, fewer than the machine has."""

import os
from contextlib import suppress
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")  # processor time and period, in microseconds


def cores() -> int:
    """The number of cores, at least 1."""
    allowed = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):  # Linux
        allowed = len(os.sched_getaffinity(0))
    with suppress(OSError, ValueError):  # no such quota, or "max"
        quota, period = map(int, QUOTA.read_text(encoding="ascii").split())
        allowed = min(allowed, quota // period)
    return max(1, allowed)
