"""Prints without end."""


# earns 0
def double(x):
    while True:
        print("x" * 1_000_000)
