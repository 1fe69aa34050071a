"""Returns infinity."""

# earns 0
import numpy as np


def double(x):
    return np.full(x.shape, np.inf)


def total(x):
    return float("inf")
