"""Looks for other jobs' folders beside its own."""

# earns 0
import os

for name in os.listdir(".."):
    print(name, os.listdir("../" + name))


def double(x):  # a point shows that it got so far
    return 2 * x
