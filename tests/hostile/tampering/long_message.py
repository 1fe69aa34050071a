"""Raises with a text of a hundred million letters."""


# earns 0
class Long(Exception):
    def __str__(self):
        return "x" * 100_000_000


def double(x):
    raise Long
