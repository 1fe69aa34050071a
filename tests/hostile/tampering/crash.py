"""Reads memory that is not there."""

# earns 0
import ctypes


def double(x):
    return ctypes.string_at(0)
