"""Returns labels between the labels."""

# earns 0
import numpy as np


def classify(x_train, y_train, x_test):
    return np.full(len(x_test), 0.5)
