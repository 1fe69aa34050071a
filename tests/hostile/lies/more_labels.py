"""Returns more labels than there are digits."""

# earns 0
import numpy as np


def classify(x_train, y_train, x_test):
    return np.zeros(10 * len(x_test), int)
