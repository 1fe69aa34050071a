"""An object that turns into another array each time it is asked."""

# earns 0
import numpy as np


class Fickle:
    times = 0

    def __init__(self, x):
        self.x = x

    def __array__(self, dtype=None, copy=None):
        Fickle.times += 1
        return self.x * Fickle.times * 0.3


def double(x):
    return Fickle(x)
