"""The engine of the kit: checks, their judgement, and the two front doors (pytest and `bricks`).

This is what a file of checks needs; the rest is imported from its own module.
"""

from grader.check import ASIDE, SLOPE, Brick, Check, Tolerance, unpack
from grader.probing import all_differ, global_state, slopes, where_possible

__all__ = [
    "ASIDE",
    "SLOPE",
    "Brick",
    "Check",
    "Tolerance",
    "all_differ",
    "global_state",
    "slopes",
    "unpack",
    "where_possible",
]
