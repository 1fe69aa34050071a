"""Reports by what decides them: the same work under the same checks and seed is graded once."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from grader.classroom.deciding import code_of, digest, engine, packages, packages_of
from grader.course import Course
from grader.files import whole_file
from grader.outcome import Unloadable
from grader.report import Provenance, Report, ReportError
from grader.source import Source
from grader.submission import Handed


class Cache:
    """Files in a folder, one a key, each written whole or not at all."""

    def __init__(self, folder: Path, fresh: bool = False):
        self.folder = folder
        self.fresh = fresh

    def get(self, key: str) -> Report | None:
        """What was kept under the key; None where nothing was, or with `fresh`."""
        if self.fresh:
            return None
        try:
            return Report.from_json(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError, ReportError):  # never written, or no longer readable
            return None

    def put(self, key: str, report: Report) -> None:
        """Keeps it where that is possible: a disk that is full costs time, and no grade."""
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path, sync=False) as file:  # half a file is made again
                file.write(report.to_json().encode())

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def key(common: str, handed: Handed, bricks: Sequence[str]) -> str:
    """Of the last of the bricks: all that its grade depends on, but for the student's name.

    That includes the installed packages which what was handed in imports.

    common: what the whole class has in common, from `in_common`.
    bricks: those whose sources its grade depends on.
    """
    return digest([common, bricks[-1], *(f"{n} {_content(handed.get(n))}" for n in bricks)])


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


def in_common(course: Course, seed: int, provenance: Provenance) -> str:
    """A digest of checks, references, misconceptions, bars, engine, seed, how it is graded, and of
    the packages that everything is computed with.
    """
    stubs = {course.exercises / f"{brick}.py" for brick in course.bricks}  # they decide nothing
    files = [*_files(course.exercises), *_files(course.solutions)]
    content = (f"{path.name} {code_of(path)}" for path in files if path not in stubs)
    settings = json.dumps({**provenance.plain(), "seed itself": str(seed)}, sort_keys=True)
    return digest([settings, engine(), *packages(), *content])


def _files(folder: Path) -> list[Path]:
    return sorted(p for pattern in ("*.py", "*.json") for p in folder.rglob(pattern))


def _content(handed: Source | Unloadable | None) -> str:
    if isinstance(handed, Source):
        code = hashlib.sha256(normalised(handed.code)).hexdigest()
        return " ".join([handed.file, code, *packages_of(handed.code)])
    return repr(handed)


def normalised(code: bytes) -> bytes:
    """What does not change what the code does, nor the lines that messages show, is taken away.

    A byte-order mark stays: with a declared encoding the file does not load. So do control
    characters at the end.
    """
    return code.replace(b"\r\n", b"\n").rstrip(b" \t\n") + b"\n"
