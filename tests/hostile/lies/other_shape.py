"""Returns the right numbers with an axis too many."""


# earns 0
def double(x):
    return (2 * x)[None]


def total(x):
    return [x.sum()]
