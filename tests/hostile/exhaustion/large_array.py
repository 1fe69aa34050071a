"""Makes an array of 80 GB."""

# earns 0
import numpy as np


def double(x):
    return np.ones(10**10)
