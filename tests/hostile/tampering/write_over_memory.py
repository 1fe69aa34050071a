"""Writes over the interpreter's own objects."""

# earns 0
import ctypes


def double(x):
    ctypes.memset(id(None), 0, 64)
    return x
