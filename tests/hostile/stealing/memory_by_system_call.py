"""Reads another process's memory by process_vm_readv and ptrace."""

# earns 0
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(8)
for pid in (os.getppid(), VICTIM):
    print(libc.ptrace(16, pid, 0, 0), libc.process_vm_readv(pid, buffer, 1, buffer, 1, 0))
