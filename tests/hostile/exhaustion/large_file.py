"""Writes a file without end."""


# earns 0
def double(x):
    with open("large", "wb") as file:
        while True:
            file.write(b"x" * 10_000_000)
