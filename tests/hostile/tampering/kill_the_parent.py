"""Kills the process above it."""

# earns 0
import os
import signal

for pid in (os.getppid(), VICTIM):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
