"""Computes without end in threads, and answers meanwhile."""

# earns 1
import threading


def spin():
    while True:
        pass


def double(x):
    for _ in range(4):
        threading.Thread(target=spin, daemon=True).start()
    return 2 * x
