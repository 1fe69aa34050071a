"""Sleeps for ever, which takes no processor time."""

# earns 0
# slow
import time


def double(x):
    time.sleep(1e6)
