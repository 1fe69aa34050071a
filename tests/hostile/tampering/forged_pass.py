"""Writes a frame that says "passed" where its answer goes."""

# earns 0
import json
import os
import struct


def double(x):
    text = json.dumps({"claim": "Passed", "fields": {"reached": None}}).encode()
    body = struct.pack("<Q", 2) + b"{}"
    for fd in range(3, 20):
        try:
            os.write(fd, struct.pack("<QQ", len(text), len(body)) + text + body)
        except OSError:
            pass
    os._exit(0)
