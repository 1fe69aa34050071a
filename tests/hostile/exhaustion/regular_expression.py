"""A regular expression that backtracks for ever."""

# earns 0
import re


def double(x):
    return bool(re.match("(a+)+$", "a" * 60 + "b"))
