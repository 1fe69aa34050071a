"""Opens the memory of the process above it."""

# earns 0
import os

print(open(f"/proc/{os.getppid()}/mem", "rb").read(1))
