"""Takes shared memory that outlives its process."""

# earns 0
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
if libc.shmget(0, 1 << 30, 0o1600) < 0 or libc.msgget(0, 0o1600) < 0:
    raise OSError(ctypes.get_errno(), "no shared memory")
