"""Closes the pipe that its answer takes, and sleeps."""

# earns 0
# slow
import os
import time


def double(x):
    os.closerange(3, 256)
    time.sleep(1e6)
