"""Makes files as fast as it can."""


# earns 0
def double(x):
    n = 0
    while True:
        open(f"file{n}", "w").close()
        n += 1
