"""Returns one number, which would be broadcast."""


# earns 0
def double(x):
    return 2 * x.flat[0]
