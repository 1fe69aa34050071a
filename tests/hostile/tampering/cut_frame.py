"""Announces more than it sends."""

# earns 0
import os
import struct


def double(x):
    os.write(3, struct.pack("<QQ", 10, 1000) + b"{}")
    os._exit(0)
