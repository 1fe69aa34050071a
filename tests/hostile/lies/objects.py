"""Returns an array of objects."""

# earns 0
import numpy as np


def double(x):
    return (2 * x).astype(object)
