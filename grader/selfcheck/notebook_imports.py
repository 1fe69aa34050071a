"""Imports of earlier bricks in a notebook, from the student's other notebooks and modules."""

from collections.abc import Iterable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location, spec_from_loader
from pathlib import Path
from types import ModuleType

from grader.course import Course
from grader.language import _
from grader.outcome import Unloadable
from grader.runner.loading import run
from grader.runner.statements import Loading
from grader.selfcheck.message import NotebookMessage
from grader.source import Source
from grader.submission import file_of, handed_in


def read_earlier(bricks: Iterable[str], folder: Path) -> dict[str, Source | Unloadable]:
    """The bricks that have a file, with the file's present content."""
    files = {brick: file_of(brick, folder) for brick in bricks}
    return {brick: handed_in(file) for brick, file in files.items() if file is not None}


class BrickFinder(MetaPathFinder, Loader):
    """Lets a notebook's own cells import earlier bricks, `from layer import Dense`."""

    def __init__(self, course: Course):
        self.course = course

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        file = file_of(name, Path.cwd()) if name in self.course.bricks else None
        if file is None:
            return None
        if file.suffix == ".py":
            return spec_from_file_location(name, file)  # Python's own way, with its own tracebacks
        return spec_from_loader(name, self, origin=str(file))

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None and spec.origin is not None
        read = handed_in(Path(spec.origin))
        if isinstance(read, Unloadable):
            said = _("{file} cannot be used: {reason}")
            raise NotebookMessage(said.format(file=read.file, reason=read.reason))
        run(read, module, Loading())
