"""Returns the largest numbers that there are, whose sums overflow."""

# earns 0

import numpy as np


def double(x):
    return np.sign(x) * 1.7e308


def total(x):
    return 1.7e308


def classify(x_train, y_train, x_test):
    return np.full(len(x_test), 2**63 - 1)
