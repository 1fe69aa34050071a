"""Calls every digit a one."""

# earns 0
import numpy as np


def classify(x_train, y_train, x_test):
    return np.ones(len(x_test), int)
