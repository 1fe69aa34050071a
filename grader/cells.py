"""A notebook's cells as one text, and how it runs: one after the other, as Jupyter does it.

A cell that raises, or is no Python, costs only itself: what it had defined before stays, and the
next cells run. Where a name is missing because of it, that is told.
"""

import __future__

import dis
import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import NoReturn

# It keeps a cell's own `coding:` comment from being taken for the file's.
START = "# -*- coding: utf-8 -*-"
HEAD = re.compile(r"# (.+), (\d+) lines")
WORD = re.compile(r"\w+")
FUTURES = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})


def joined(cells: Iterable[tuple[str, str]]) -> str:
    """One text of cells, each with its name ("cell 3") and text; a line before each has both."""
    texts = [START]
    for name, text in cells:
        n_lines = text.count("\n") + 1
        texts += [f"# {name}, {n_lines} lines", text]
    return "\n".join([*texts, ""])


def cells_of(file: str, code: bytes) -> Iterator[tuple[str, str]]:
    """The cells of a joined text, by names like "cell 3 of neuron.ipynb".

    Lines are counted, since a cell's own may look like any other.
    """
    lines = code.decode("utf-8", "replace").split("\n")
    at = 1
    while at < len(lines) and (head := HEAD.fullmatch(lines[at])):
        end = at + 1 + int(head[2])
        yield f"{head[1]} of {file}", "\n".join(lines[at + 1 : end])
        at = end


@dataclass(frozen=True)
class Stopped:
    """A cell that raised; `place` is "cell 3 of neuron.ipynb"."""

    place: str
    error: BaseException


class NotDefined(ImportError):
    """A name is missing because of a cell that stopped."""

    def __init__(self, missing: str, cell: Stopped):
        super().__init__(f"`{missing}` is missing, since {cell.place} stopped")
        self.missing, self.cell = missing, cell

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows: the student's own lines, and none of ours."""
        error = self.cell.error
        own = error.__traceback__ and error.__traceback__.tb_next  # the first is ours
        return [f"{self}:", "".join(traceback.format_exception(type(error), error, own))]


class Absent:
    """A module's `__getattr__`: it is asked for names that are not there."""

    def __init__(self, module: ModuleType):
        self._module = module
        self._cells: dict[str, Stopped] = {}  # by name that each would have defined

    def __call__(self, name: str) -> NoReturn:
        if found := self.why(name):
            raise found
        said = f"module {self._module.__name__!r} has no attribute {name!r}"
        raise AttributeError(said, name=name, obj=self._module)

    def why(self, name: str) -> NotDefined | None:
        return NotDefined(name, self._cells[name]) if name in self._cells else None

    def add(self, cell: Stopped, names: Iterable[str]) -> None:
        for name in names:
            self._cells.setdefault(name, cell)


def run_cells(file: str, code: bytes, module: ModuleType) -> None:
    """Runs joined cells as the module. Raises NotDefined where nothing at all is defined."""
    absent, flags, first = Absent(module), 0, None
    for place, text in cells_of(file, code):
        compiled = None
        try:
            compiled = compile(text, place, "exec", flags, dont_inherit=True)
            flags = compiled.co_flags & FUTURES  # they hold for all that follows
            exec(compiled, module.__dict__)
        except KeyboardInterrupt:  # of the one who waits
            raise
        except BaseException as error:
            earlier = why_missing(error)
            cell = earlier.cell if earlier else Stopped(place, error)
            first = first or cell
            absent.add(cell, _defines(text, compiled))
            module.__dict__.setdefault("__getattr__", absent)
    if first and all(name.startswith("__") for name in vars(module)):
        raise NotDefined(module.__name__, first)


def why_missing(error: BaseException) -> NotDefined | None:
    """What a cell that stopped would have defined, where the error is that this is missing."""
    if isinstance(error, NotDefined):
        return error
    if type(error) is NameError and error.__traceback__:
        [*_, (frame, _)] = traceback.walk_tb(error.__traceback__)
        absent = frame.f_globals.get("__getattr__")
        return absent.why(str(error.name)) if isinstance(absent, Absent) else None
    return None


def _defines(text: str, compiled: CodeType | None) -> set[str]:
    """Names that the cell would have defined; of what is no Python, all its words."""
    if compiled is None:
        return set(WORD.findall(text))
    stores = ("STORE_NAME", "STORE_GLOBAL")
    return {str(it.argval) for it in dis.get_instructions(compiled) if it.opname in stores}
