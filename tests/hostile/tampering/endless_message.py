"""Raises what takes for ever to be put into words."""


# earns 0
class Endless(Exception):
    def __str__(self):
        while True:
            pass


def double(x):
    raise Endless
