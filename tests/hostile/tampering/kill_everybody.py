"""Kills all processes that it may."""

# earns 0
import os
import signal

for pid in (0, -1):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
