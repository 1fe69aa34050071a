"""The engine of the kit: checks, their judgement, and the two front doors (pytest and `bricks`).

This is what a file of checks needs; the rest is imported from its own module.
"""

from grader.check import Brick, Check, Tolerance, unpack

__all__ = ["Brick", "Check", "Tolerance", "unpack"]
