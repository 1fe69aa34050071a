"""Returns a structured array, and dates."""

# earns 0
import numpy as np


def double(x):
    return np.zeros(x.shape, [("a", float), ("b", float)])


def total(x):
    return np.datetime64("2030-01-01")
