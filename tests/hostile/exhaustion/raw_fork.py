"""Forks by system calls of its own: fork, vfork, clone, clone3."""

# earns 0
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
made = [libc.syscall(57), libc.syscall(56, 17, 0, 0, 0, 0)]
made.append(libc.syscall(435, ctypes.create_string_buffer(88), 88))
if any(pid >= 0 for pid in made):
    os._exit(0)
raise OSError(str(made))
