"""The clock of a job: processor time has a strict limit, and wall time a generous one.

An overloaded machine, or a grader that was stopped for a while, must not fail a student.
"""

import os
import time
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class WallLimit:
    """The wall time that a job may take: `factor` times its limit, and `seconds` more.

    The time that it waited for a core is added.
    """

    factor: float = 4.0
    seconds: float = 10.0

    def backstop(self, limit: float) -> float:
        return self.factor * limit + self.seconds


WALL_LIMIT = WallLimit()


class Clock:
    """Processor time and wall time of a process, in seconds since the clock was made.

    Without a process, processor time stays 0.
    """

    def __init__(self, pid: int | None = None):
        self._pid = pid
        self._began = time.monotonic()
        self._before = self._cpu()
        self._waited_before = waited(pid) if pid else 0.0
        self.used = 0.0

    def look(self) -> float:
        """Processor time until now; `used` stores it for when the process has ended."""
        self.used = max(self.used, self._cpu() - self._before)
        return self.used

    @property
    def wall(self) -> float:
        return time.monotonic() - self._began

    @property
    def waited(self) -> float:
        return waited(self._pid) - self._waited_before if self._pid else 0.0

    def _cpu(self) -> float:
        if self._pid is None:
            return 0.0
        try:
            times = psutil.Process(self._pid).cpu_times()
        except psutil.Error:  # it is gone
            return 0.0
        return float(times.user + times.system)


def waited(pid: int) -> float:
    """Seconds that a process was ready to run and had no core; 0 if the system does not count them.

    This is the second number of Linux's schedstat, for the thread that waited longest. The sum over
    threads could grow without end, as threads that wake each other could make it.
    """
    longest = 0
    with suppress(OSError, ValueError, IndexError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                longest = max(longest, int(file.read().split()[1]))
    return longest / 1e9
