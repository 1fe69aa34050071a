"""Puts gigabytes into files in memory."""

# earns 0
import os

files = []
while True:
    files.append(os.memfd_create("more"))
    os.write(files[-1], b"x" * 100_000_000)
