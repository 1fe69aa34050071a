"""Returns an empty array, of which all entries are right."""

# earns 0
import numpy as np


def double(x):
    return np.empty((0, 4))


def total(x):
    return np.empty(0)


def classify(x_train, y_train, x_test):
    return np.empty(0, int)
