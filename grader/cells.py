"""A notebook's cells as one text, and how they run: one after the other, as Jupyter does it.

A cell that raises, or is not Python, does not end the run: what it defined before stays, and the
next cells run. Where a name is missing because of it, the message says so.
"""

import ast
import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import NoReturn

from grader.statements import FUTURES, Loading, Stopped, names_bound

# The first line of the text: Python takes the coding from it, and never from a cell's comment.
START = "# -*- coding: utf-8 -*-"
HEAD = re.compile(r"# (.+), (\d+) lines")
WORD = re.compile(r"\w+")


def joined(cells: Iterable[tuple[str, str]]) -> str:
    """One text of all cells, given by name ("cell 3") and text.

    A line before each cell has its name and its number of lines.
    """
    texts = [START]
    for name, text in cells:
        n_lines = text.count("\n") + 1
        texts += [f"# {name}, {n_lines} lines", text]
    return "\n".join([*texts, ""])


def cells_of(file: str, code: bytes) -> Iterator[tuple[str, str]]:
    """The cells of a joined text, by names like "cell 3 of neuron.ipynb".

    A cell ends after its number of lines: its own text may look like the line before a cell.
    """
    lines = code.decode("utf-8", "replace").split("\n")
    at = 1
    while at < len(lines) and (head := HEAD.fullmatch(lines[at])):
        end = at + 1 + int(head[2])
        yield f"{head[1]} of {file}", "\n".join(lines[at + 1 : end])
        at = end


@dataclass(frozen=True)
class StoppedPart:
    """A cell that raised, or a statement that was stopped: its names are not defined.

    position: as messages show it, "cell 3 of neuron.ipynb", "line 120 of layer.py".
    """

    position: str
    error: BaseException


class NotDefined(ImportError):
    """A name is missing because of a part that stopped."""

    def __init__(self, missing: str, cell: StoppedPart):
        super().__init__(f"`{missing}` is missing, since {cell.position} stopped")
        self.missing, self.cell = missing, cell

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows: the student's own lines, and none of ours."""
        error = self.cell.error
        own = error.__traceback__ and error.__traceback__.tb_next  # the first is ours
        return [f"{self}:", "".join(traceback.format_exception(type(error), error, own))]


class Absent:
    """A module's `__getattr__` after a part stopped: Python calls it for each missing name."""

    def __init__(self, module: ModuleType):
        self._module = module
        self._cells: dict[str, StoppedPart] = {}  # by a name that the part would have defined

    def __call__(self, name: str) -> NoReturn:
        if found := self.why(name):
            raise found
        said = f"module {self._module.__name__!r} has no attribute {name!r}"
        raise AttributeError(said, name=name, obj=self._module)

    def why(self, name: str) -> NotDefined | None:
        return NotDefined(name, self._cells[name]) if name in self._cells else None

    def add(self, cell: StoppedPart, names: Iterable[str]) -> None:
        for name in names:
            self._cells.setdefault(name, cell)
        self._module.__dict__.setdefault("__getattr__", self)


def run_cells(file: str, code: bytes, module: ModuleType, loading: Loading) -> None:
    """Runs joined cells as the module. Raises NotDefined where nothing at all is defined."""
    absent, flags, first = Absent(module), 0, None
    for position, text in cells_of(file, code):
        names = set(WORD.findall(text))  # of a cell that is not Python
        try:
            # Like Jupyter, compile the cell before any of it runs.
            compiled = compile(text, position, "exec", flags, dont_inherit=True)
            tree = ast.parse(text, position)
            names = names_bound(tree.body)
            if loading.by_statement:
                lines = text.split("\n")
                for slow, node in loading.run(tree, position, lines, module.__dict__, flags):
                    absent.add(StoppedPart(slow.position, Stopped()), names_bound([node]))
            else:
                exec(compiled, module.__dict__)
            flags = compiled.co_flags & FUTURES  # they hold for the later cells too
        except KeyboardInterrupt:  # Ctrl-C ends the run
            raise
        except BaseException as error:
            earlier = why_missing(error)
            cell = earlier.cell if earlier else StoppedPart(position, error)
            first = first or cell
            absent.add(cell, names)
    if first and all(name.startswith("__") for name in vars(module)):
        raise NotDefined(module.__name__, first)


def why_missing(error: BaseException) -> NotDefined | None:
    """The NotDefined behind an error, where a stopped part would have defined what is missing."""
    if isinstance(error, NotDefined):
        return error
    if type(error) is NameError and error.__traceback__:
        [*_, (frame, _)] = traceback.walk_tb(error.__traceback__)
        absent = frame.f_globals.get("__getattr__")
        return absent.why(str(error.name)) if isinstance(absent, Absent) else None
    return None
