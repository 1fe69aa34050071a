"""Leaves folders and files that nobody has permissions for."""

# earns 1
import os

os.makedirs("a/b")
os.close(os.open("a/b/file", os.O_CREAT, 0))
os.umask(0o777)
os.mkdir("a/b/locked")
os.mkdir("a/locked", 0)


def double(x):
    return 2 * x
