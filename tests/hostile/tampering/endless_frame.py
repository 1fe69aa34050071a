"""Announces an answer of 2**60 bytes."""

# earns 0
import os
import struct


def double(x):
    os.write(3, struct.pack("<QQ", 2**60, 2**60))
    os._exit(0)
