"""Loads an implementation of a brick (a student's, the reference, a misconception).

All have modules of the same plain names (`layer`, `mlp`). One process can load several because a
name belongs to an implementation only while its code runs: `loaded` sets and removes the names.
"""

import ast
import linecache
import sys
import tokenize
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from types import ModuleType

from grader.cells import Absent, StoppedPart, cells_of, run_cells
from grader.regular_file import read_regular
from grader.statements import Loading, Stopped, names_bound

MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Source:
    """The text of one module, as bytes: Python itself decodes it (cookies, byte-order marks).

    file is the name that messages show; own says that its lines may be shown to the student. A
    notebook's code is in cells, as grader.cells joins them.
    """

    brick: str
    file: str
    code: bytes
    own: bool = True

    @property
    def in_cells(self) -> bool:
        return self.file.endswith(".ipynb")

    @property
    def texts(self) -> dict[str, list[str]]:
        """The lines of the file, or of each of its cells, by the name that messages show."""
        if self.in_cells:
            cells = cells_of(self.file, self.code)
            return {name: StringIO(text).readlines() for name, text in cells}
        return {self.file: lines_of(self.code)}


def read_source(path: Path, shown_as: str | None = None, own: bool = True) -> Source:
    """The source in path. Raises UnreadableSource: not a regular file, too large, unreadable."""
    return Source(path.stem, shown_as or path.name, read_regular(path, MAX_BYTES), own)


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

    A notebook's cells run as in Jupyter. An exception in a module ends its loading; a statement
    that had to be stopped only leaves its names undefined.
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


def lines_of(code: bytes) -> list[str]:
    """The lines as Python counts them: messages show those that raised.

    A file may declare any codec: some decode no text, some refuse to replace what is wrong.
    """
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(code).readline)
        return TextIOWrapper(BytesIO(code), encoding, "replace").readlines()
    except (SyntaxError, LookupError, UnicodeError):
        return TextIOWrapper(BytesIO(code), "utf-8", "replace").readlines()


class _Sources(MetaPathFinder, Loader):
    """Finds the given sources before any other module of the same name."""

    def __init__(self, sources: Sequence[Source], loading: Loading):
        self.sources = {source.brick: source for source in sources}
        self.loading = loading

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name not in self.sources:
            return None
        return spec_from_loader(name, self, origin=self.sources[name].file)

    def exec_module(self, module: ModuleType) -> None:
        run(self.sources[module.__name__], module, self.loading)
