"""Reads the environment of the process above it."""

# earns 0
import os

print(open(f"/proc/{os.getppid()}/environ").read())
