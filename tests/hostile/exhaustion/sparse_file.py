"""Makes a file of a terabyte with nothing in it."""


# earns 0
def double(x):
    with open("sparse", "wb") as file:
        file.truncate(1 << 40)
