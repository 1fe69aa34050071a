"""Computes without end, whatever is raised into it."""


# earns 0
def double(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
