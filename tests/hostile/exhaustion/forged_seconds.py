"""Claims to have taken a day to load, so that its checks would be given as long, and never ends."""

# earns 0

import json
import os
import struct
import sys


def job_at_work():
    frame = sys._getframe()
    while frame:
        for value in frame.f_locals.values():
            if hasattr(value, "check") and hasattr(value, "checks_file"):
                return value
        frame = frame.f_back


if job_at_work().check is None:
    line = {"file": "toy.py", "number": 1, "function": "", "text": ""}
    slow = [{"digest": "0" * 16, "line": line, "seconds": 86_400.0, "stopped": False}]
    text = json.dumps({"slow": slow, "printed": ""}).encode()
    body = struct.pack("<Q", 2) + b"{}"
    os.write(3, struct.pack("<QQ", len(text), len(body)) + text + body)
    os._exit(0)


def double(x):
    while True:
        pass


total = classify = double
