"""Claims what only our own code says, with a text of its choice in each place."""

# earns 0

import json
import os
import struct


def double(x):
    words = "\x1b[2J 20 of 20 " * 50
    fields = {"name": words, "returned": words, "expected": words}
    text = json.dumps({"claim": "WrongType", "fields": fields}).encode()
    body = struct.pack("<Q", 2) + b"{}"
    os.write(3, struct.pack("<QQ", len(text), len(body)) + text + body)
    os._exit(0)


total = classify = double
