"""Stops its own process."""

# earns 0
# slow
import os
import signal


def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    return x
