"""Writes without end where its answer goes."""

# earns 0
import os


def double(x):
    while True:
        os.write(3, b"\0" * 1_000_000)
