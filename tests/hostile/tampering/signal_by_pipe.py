"""Makes a pipe send a signal of its choice to another process."""

# earns 0
import fcntl
import os
import signal

for pid in (VICTIM, os.getppid()):
    end, other = os.pipe()
    for command, value in (
        (fcntl.F_SETOWN, pid),
        (10, signal.SIGKILL),
        (fcntl.F_SETFL, os.O_ASYNC),
    ):
        try:
            fcntl.fcntl(end, command, value)
        except OSError:
            pass
    os.write(other, b"x")
