"""Maps a file outside into memory by a system call of its own."""

# earns 0
import ctypes
import os

openat = 257 if os.uname().machine == "x86_64" else 56
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.syscall(openat, -100, (OUTSIDE + "/secret").encode(), 0)
buffer = ctypes.create_string_buffer(1000)
print(fd, libc.read(fd, buffer, 1000), buffer.value)
