"""Opens a socket without the socket module."""

# earns 0
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
fd = libc.socket(2, 1, 0)
address = b"\x02\x00" + (PORT).to_bytes(2, "big") + b"\x7f\x00\x00\x01" + bytes(8)
print(libc.connect(fd, address, 16), libc.send(fd, b"hello", 5, 0))
raise OSError(fd, "no socket")
