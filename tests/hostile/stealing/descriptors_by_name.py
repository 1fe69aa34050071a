"""Opens descriptors again under /proc/self/fd."""

# earns 0
import os

for name in os.listdir("/proc/self/fd"):
    print(open("/proc/self/fd/" + name, "rb").read())
