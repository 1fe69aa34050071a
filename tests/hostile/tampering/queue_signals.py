"""Signals by the less known system calls."""

# earns 0
import ctypes
import signal

libc = ctypes.CDLL(None, use_errno=True)
info = ctypes.create_string_buffer(128)
print(libc.syscall(129, VICTIM, 9, info), libc.syscall(424, libc.syscall(434, VICTIM, 0), 9, 0, 0))
print(libc.syscall(200, VICTIM, signal.SIGKILL), libc.syscall(234, VICTIM, VICTIM, 9))
