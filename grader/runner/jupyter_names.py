"""The names that code finds in Jupyter (`get_ipython`, `display`), and an `input` that raises.

A module that Colab or nbconvert made of a notebook calls `get_ipython()` in place of magics.
"""

import builtins
import sys
from typing import Any, NoReturn

from grader.language import _

RUNS = ("time", "capture", "prun")  # cell magics under which a cell runs as it is


class Shell:
    """Replaces Jupyter's shell: it runs Python code, and ignores all other magics."""

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        if name in RUNS:
            exec(compile(cell, "<cell>", "exec"), sys._getframe(1).f_globals)

    def run_line_magic(self, name: str, line: str, *rest: object) -> None:
        if name in RUNS:
            exec(compile(line, "<cell>", "exec"), sys._getframe(1).f_globals)

    def getoutput(self, *given: object) -> list[str]:
        return []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def _nothing(*given: object, **more: object) -> None:
    """Replaces functions that have no effect on a brick."""


def _input(*given: object) -> NoReturn:
    said = _("nobody can answer `input()` while code is graded: write the value in its place")
    raise EOFError(said)


def add_jupyter_names() -> None:
    """Makes the names known to all code of this process."""
    shell = Shell()
    builtins.get_ipython = lambda: shell  # type: ignore[attr-defined]
    builtins.display = _nothing  # type: ignore[attr-defined]
    builtins.input = _input
