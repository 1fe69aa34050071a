"""Keeps a copy of the pipe that its answer takes, and never ends."""

# earns 0
# slow
import os
import threading
import time


def double(x):
    os.dup(3)
    os._exit = lambda code: time.sleep(1e6)
    return 2 * x
