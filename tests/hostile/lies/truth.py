"""Returns True for everything."""

# earns 0
import numpy as np


def double(x):
    return np.ones(x.shape, bool)


def total(x):
    return True
