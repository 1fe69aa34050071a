"""Says that it raised in lines whose files and functions have long names."""

# earns 0
import json
import os
import struct

LONG = "x" * 2_000
LINE = {"file": LONG, "number": 10**200, "function": LONG, "text": LONG}


def double(x):
    fields = {"error": "Error", "message": LONG, "lines": [LINE] * 4}
    text = json.dumps({"claim": "Raised", "fields": fields}).encode()
    body = struct.pack("<Q", 2) + b"{}"
    os.write(3, struct.pack("<QQ", len(text), len(body)) + text + body)
    os._exit(0)
