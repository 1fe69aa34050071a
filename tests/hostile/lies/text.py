"""Returns numbers as text."""


# earns 0
def double(x):
    return (2 * x).astype(str)


def total(x):
    return str(x.sum())
