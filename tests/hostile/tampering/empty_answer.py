"""Answers with a frame that has nothing in it, as one does whose file only loads."""

# earns 0

import os
import struct


def double(x):
    body = struct.pack("<Q", 2) + b"{}"
    os.write(3, struct.pack("<QQ", 2, len(body)) + b"{}" + body)
    os._exit(0)


total = classify = double
