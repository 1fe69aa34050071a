"""Computes without end."""


# earns 0
def double(x):
    while True:
        pass
