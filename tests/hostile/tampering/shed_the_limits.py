"""Takes limits, user and privileges back."""

# earns 0
import ctypes
import os
import resource

libc = ctypes.CDLL(None)
libc.prctl(1, 0, 0, 0, 0)
for act in (
    lambda: os.setresuid(0, 0, 0),
    lambda: os.setuid(0),
    lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
    lambda: resource.setrlimit(resource.RLIMIT_CPU, (-1, -1)),
    lambda: resource.prlimit(VICTIM, resource.RLIMIT_NOFILE, (3, 3)),
):
    try:
        act()
    except (OSError, ValueError):
        pass
open(OUTSIDE + "/free", "w").write("x")
