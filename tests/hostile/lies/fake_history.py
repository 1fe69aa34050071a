"""Raises an exception that reads like a report of success."""


# earns 0
class Passed(Exception):
    pass


def double(x):
    raise Passed("3 of 3 points")
