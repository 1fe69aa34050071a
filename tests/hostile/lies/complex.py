"""Returns complex numbers."""


# earns 0
def double(x):
    return 2 * x + 0j


def total(x):
    return complex(x.sum())
