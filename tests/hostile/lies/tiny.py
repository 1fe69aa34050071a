"""Returns the right numbers, so small that dividing by them overflows."""

# earns 0


def double(x):
    return x * 1e-310


def total(x):
    return x.sum() * 1e-310


def classify(x_train, y_train, x_test):
    return x_test[:, 0] * 1e-310
