"""Writes to standard output and error without end, past Python."""

# earns 0
import os


def double(x):
    while True:
        os.write(1, b"x" * 1_000_000)
        os.write(2, b"x" * 1_000_000)
