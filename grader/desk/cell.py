"""`%load_ext grader.desk.cell`, by which notebooks that were handed out earlier load the checks."""

from grader.selfcheck.cell import load_ipython_extension

__all__ = ["load_ipython_extension"]
