"""Grades by what decides them: the same work under the same checks and seed is graded once."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.outcome import Unloadable
from grader.source import Source
from grader.submission import Handed

ENGINE = Path(__file__).parents[1]


class Cache:
    """Files in a folder, one a key, each written whole or not at all."""

    def __init__(self, folder: Path, fresh: bool = False):
        self.folder = folder
        self.fresh = fresh

    def get(self, key: str) -> Any:
        """What was kept under the key; None where nothing was, or with `fresh`."""
        if self.fresh:
            return None
        try:
            return json.loads(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # never written, or no longer readable: it is made again
            return None

    def put(self, key: str, value: Any) -> None:
        """Keeps it where that is possible: a disk that is full costs time, and no grade."""
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False
            ) as file:
                json.dump(value, file)
            os.replace(file.name, path)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def key(common: str, handed: Handed, bricks: Sequence[str]) -> str:
    """Of the last of the bricks: all that its grade depends on, but for the student's name.

    common: what the whole class has in common, from `in_common`.
    bricks: those whose sources its grade depends on.
    """
    return _digest([common, bricks[-1], *(f"{n} {_content(handed.get(n))}" for n in bricks)])


def deciding(course: Course, brick: str, on_own: bool) -> list[str]:
    """The bricks on whose sources the brick's grade depends, itself last.

    on_own: whether bricks run on the student's own predecessors.
    """
    before = [
        name
        for name in course.earlier(brick)
        if on_own or name in course.predecessors(brick) or not course.has_solution(name)
    ]
    return [*before, brick]


def in_common(course: Course, seed: int, about: Mapping[str, Any]) -> str:
    """A digest of checks, references, misconceptions, bars, engine, seed, how it is graded, and of
    the packages that are installed, which students' code may import.
    """
    stubs = {course.exercises / f"{brick}.py" for brick in course.bricks}  # they decide nothing
    files = [*_files(course.exercises), *_files(course.solutions)]
    content = (_file(path) for path in files if path not in stubs)
    settings = json.dumps({**about, "seed itself": str(seed)}, sort_keys=True)
    return _digest([settings, engine(), *packages(), *content])


def packages() -> list[str]:
    """Names and versions of all that is installed."""
    return sorted({f"{found.name} {found.version}" for found in distributions()})


def engine() -> str:
    """A digest of this package's code: two machines that give the same one grade alike."""
    return _digest(map(_file, _files(ENGINE)))


def _files(folder: Path) -> list[Path]:
    return sorted(p for pattern in ("*.py", "*.json") for p in folder.rglob(pattern))


def _file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _content(handed: Source | Unloadable | None) -> str:
    if isinstance(handed, Source):
        return f"{handed.file} {hashlib.sha256(normalised(handed.code)).hexdigest()}"
    return repr(handed)


def normalised(code: bytes) -> bytes:
    """What does not change what the code does, nor the lines that messages show, is taken away.

    A byte-order mark stays: with a declared encoding the file does not load. So do control
    characters at the end.
    """
    return code.replace(b"\r\n", b"\n").rstrip(b" \t\n") + b"\n"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
