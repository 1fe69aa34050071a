"""Earlier bricks, from the student's own notebooks and modules beside the one that is open."""

from collections.abc import Iterable, Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location, spec_from_loader
from pathlib import Path
from types import ModuleType

from grader.course import Course
from grader.notebook import notebook_at
from grader.outcome import Unloadable
from grader.selfcheck.message import NotebookMessage
from grader.source import Source, run
from grader.submission import handed_in


def read_beside(bricks: Iterable[str], folder: Path) -> dict[str, Source | Unloadable]:
    """Those of the bricks that there is a file for, as it is now."""
    files = {brick: next(places(brick, folder), None) for brick in bricks}
    return {brick: _read(file) for brick, file in files.items() if file is not None}


def places(brick: str, folder: Path) -> Iterator[Path]:
    """Files of the brick: a module before a notebook, beside it before in a folder of its own."""
    for around in (folder, folder.parent / brick):
        for suffix in (".py", ".ipynb"):
            path = around / f"{brick}{suffix}"
            if path.is_file():
                yield path


class Beside(MetaPathFinder, Loader):
    """Lets a notebook's own cells import earlier bricks, `from layer import Dense`."""

    def __init__(self, course: Course):
        self.course = course

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        file = next(places(name, Path.cwd()), None) if name in self.course.bricks else None
        if file is None:
            return None
        if file.suffix == ".py":
            return spec_from_file_location(name, file)  # Python's own way, with its own tracebacks
        return spec_from_loader(name, self, origin=str(file))

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None and spec.origin is not None
        read = _read(Path(spec.origin))
        if isinstance(read, Unloadable):
            raise NotebookMessage(f"{read.file} cannot be used: {read.reason}")
        run(read, module)


def _read(file: Path) -> Source | Unloadable:
    return handed_in(notebook_at(file) if file.suffix == ".ipynb" else file)
