"""Returns the labels that it was given for training."""


# earns 0
def classify(x_train, y_train, x_test):
    return y_train[: len(x_test)]
