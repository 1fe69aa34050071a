"""Forks without end."""

# earns 0
import os

while True:
    os.fork()
