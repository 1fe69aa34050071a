"""One call of a C function that takes for ever."""


# earns 0
def double(x):
    return len(str(10 ** (10**9)))
