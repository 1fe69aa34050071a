"""Returns lists in lists in lists."""


# earns 0
def double(x):
    nested = x
    for _ in range(100_000):
        nested = [nested]
    return nested
