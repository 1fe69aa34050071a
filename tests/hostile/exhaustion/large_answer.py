"""Returns an answer of a gigabyte."""

# earns 0
import numpy as np


def double(x):
    return np.zeros(10**9, np.uint8)
