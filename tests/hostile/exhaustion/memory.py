"""Takes all memory, byte by byte."""


# earns 0
def double(x):
    taken = []
    while True:
        taken.append(b"x" * 100_000_000)
