"""Loads the checks in notebooks of earlier kits, which say `%load_ext grader.desk.cell`."""

from grader.selfcheck.cell import load_ipython_extension

__all__ = ["load_ipython_extension"]
