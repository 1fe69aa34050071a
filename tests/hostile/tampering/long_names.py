"""Raises a class whose name is a megabyte long."""


# earns 0
def double(x):
    raise type("E" * 1_000_000, (Exception,), {})("\0")
