"""Sends the inputs to a listener."""

# earns 0
import socket


def double(x):
    with socket.create_connection(("127.0.0.1", PORT), 2) as there:
        there.sendall(x.tobytes())
    return 2 * x
