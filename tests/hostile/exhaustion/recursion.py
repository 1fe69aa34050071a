"""Calls itself without end, past Python's limit."""

# earns 0
import sys

sys.setrecursionlimit(10**9)


def double(x):
    return double(x)
