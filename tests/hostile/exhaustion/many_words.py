"""Answers with words that take thirty times their room once they are objects."""

# earns 0
import os
import struct


def double(x):
    text = b'{"names": [], "other": {}, "x": [' + b"[]," * 20_000_000 + b"0]}"
    body = struct.pack("<Q", 2) + b"{}"
    left = memoryview(struct.pack("<QQ", len(text), len(body)) + text + body)
    while left:
        left = left[os.write(3, left) :]
    os._exit(0)
