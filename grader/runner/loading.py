"""Loads sources as modules: a module as Python does, a notebook's cells as Jupyter does.

All versions of a brick have modules of the same plain names (`layer`, `mlp`). One process can load
several versions, because a name stands for a version only while that version's code runs: `loaded`
sets and removes it. A cell that raises, or is not Python, does not end the run: the names that it
defined before stay, and the next cells run. If a name is missing for that reason, the message says
so.
"""

import ast
import linecache
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import NoReturn

from grader.cells import all_cells
from grader.language import _
from grader.runner.statements import FUTURES, Loading, Stopped, names_bound
from grader.source import Source

WORD = re.compile(r"\w+")
DEFINED = re.compile(r"^# (?:def|class)[ \t]+(\w+)", re.MULTILINE)


@contextmanager
def loaded(sources: Sequence[Source], loading: Loading | None = None) -> Iterator[ModuleType]:
    """Runs the last source as a module and yields it; the others load when they are imported.

    loading: how the statements of the student's own sources run.

    For as long as the block lasts, `sys.modules` has these modules under their plain names, so
    imports inside functions, dataclasses and pickles find their own. Raises what the source raises.
    """
    finder = _Sources(sources, loading or Loading())
    replaced = {name: sys.modules.pop(name, None) for name in finder.sources}
    sys.meta_path.insert(0, finder)
    try:
        yield __import__(sources[-1].brick)
    finally:
        sys.meta_path[:] = [other for other in sys.meta_path if other is not finder]
        for name, module in replaced.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def run(source: Source, module: ModuleType, loading: Loading) -> None:
    """Runs the source as the module.

    A notebook's cells run as in Jupyter. An exception in a module ends its loading. After a
    statement that had to be stopped, loading goes on, and only the statement's names are missing.
    """
    module.__file__ = source.file
    loading = loading if source.own else Loading()
    for file, lines in source.texts.items():
        linecache.cache[file] = (len(source.code), None, lines, file)
    if source.in_cells:
        run_cells(source.file, source.code, module, loading)
    elif loading.by_statement:
        tree = ast.parse(source.code, source.file)
        module.__doc__ = ast.get_docstring(tree, clean=False)
        absent = Absent(module)
        lines = source.texts[source.file]
        for slow, node in loading.run(tree, source.file, lines, module.__dict__):
            absent.add(StoppedPart(slow.position, Stopped()), names_bound([node]))
    else:
        exec(compile(source.code, source.file, "exec", dont_inherit=True), module.__dict__)


class _Sources(MetaPathFinder, Loader):
    """Finds the given sources before any other module of the same name."""

    def __init__(self, sources: Sequence[Source], loading: Loading):
        self.sources = {source.brick: source for source in sources}
        self.loading = loading

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name not in self.sources:
            return None
        return spec_from_loader(name, self, origin=self.sources[name].file)

    def get_source(self, name: str) -> str | None:
        """The text of a file: TensorFlow asks for it, to read the loops of a `tf.function`."""
        source = self.sources[name]
        return None if source.in_cells else "".join(source.texts[source.file])

    def exec_module(self, module: ModuleType) -> None:
        run(self.sources[module.__name__], module, self.loading)


@dataclass(frozen=True)
class StoppedPart:
    """A cell that raised, or a statement that was stopped: its names are not defined.

    position: as messages show it, "cell 3 of neuron.ipynb", "line 120 of layer.py".
    """

    position: str
    error: BaseException


class NotRun(Exception):
    """A cell has code that does not run: the cell is text, or has a magic. The message says why."""


class NotDefined(ImportError):
    """A name is missing because of a part that stopped."""

    def __init__(self, missing: str, cell: StoppedPart):
        said = _("`{name}` is missing, since {cell} stopped")
        super().__init__(said.format(name=missing, cell=cell.position))
        self.missing, self.cell = missing, cell

    def _render_traceback_(self) -> list[str]:
        """The lines that Jupyter shows: the student's own, and none of the kit's."""
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
    for cell in all_cells(file, code):
        position, text = cell.name, cell.text
        if cell.why:
            left_out = StoppedPart(position, NotRun(cell.why))
            first = first or left_out
            absent.add(left_out, DEFINED.findall(text))
            continue
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
            flags = compiled.co_flags & FUTURES  # `from __future__ import` counts in later cells
        except KeyboardInterrupt:  # Ctrl-C ends the run
            raise
        except BaseException as error:
            earlier = why_missing(error)
            part = earlier.cell if earlier else StoppedPart(position, error)
            first = first or part
            absent.add(part, names)
    if first and all(name.startswith("__") for name in vars(module)):
        raise NotDefined(module.__name__, first)


def why_missing(error: BaseException) -> NotDefined | None:
    """The NotDefined behind an error, if a stopped part would have defined the missing name."""
    if isinstance(error, NotDefined):
        return error
    if type(error) is NameError and error.__traceback__:
        [*_, (frame, _)] = traceback.walk_tb(error.__traceback__)
        absent = frame.f_globals.get("__getattr__")
        return absent.why(str(error.name)) if isinstance(absent, Absent) else None
    return None
