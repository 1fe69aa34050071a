"""Leaves the group of its process and goes on in the background."""

# earns 0
import os

for act in (os.setsid, lambda: os.setpgid(0, 0)):
    try:
        act()
    except OSError:
        pass
if os.fork() == 0:
    while True:
        pass
