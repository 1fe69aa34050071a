"""Changes its inputs so that a wrong answer fits them."""


# earns 0
def double(x):
    x[...] = 0
    return x
