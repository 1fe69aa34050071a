"""Reads whatever descriptors were left open."""

# earns 0
import os

for fd in range(256):
    try:
        print(fd, os.read(fd, 10_000))
    except OSError:
        pass
