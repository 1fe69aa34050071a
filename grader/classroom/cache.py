"""A file cache of reports: the same work under the same checks and seed is graded once."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from grader.classroom.deciding import code_of, digest, engine, packages, packages_of
from grader.course import Course
from grader.files import whole_file
from grader.language import catalogues_in_use
from grader.outcome import Unloadable
from grader.report.codec import ReportError
from grader.report.report import Provenance, Report
from grader.source import Source
from grader.submission import Handed


class Cache:
    """A folder with a file for each key. With `fresh`, nothing is found in it."""

    def __init__(self, folder: Path, fresh: bool = False):
        self.folder = folder
        self.fresh = fresh

    def get(self, key: str) -> Report | None:
        """The report that is stored under the key; None if there is none, or with `fresh`."""
        if self.fresh:
            return None
        try:
            return Report.from_json(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError, ReportError):  # there is no such file, or it cannot be read
            return None

    def put(self, key: str, report: Report) -> None:
        """Stores the report; does nothing on a full disk, and the same work is graded again."""
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path, sync=False) as file:  # `get` ignores a damaged file
                file.write(report.to_json().encode())

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def key(common: str, handed: Handed, bricks: Sequence[str]) -> str:
    """A digest of all that the grade of the last brick depends on, except the student's name.

    That includes the installed packages that the student's code imports.

    common: the digest for the class, from `in_common`.
    bricks: the bricks whose sources the grade depends on, from `deciding`.
    """
    return digest([common, bricks[-1], *(f"{n} {_content(handed.get(n))}" for n in bricks)])


def deciding(course: Course, brick: str, on_own: bool) -> list[str]:
    """The bricks whose sources decide the brick's grade; the brick itself is last.

    on_own: whether bricks run on the student's own predecessors.
    """
    before = [
        name
        for name in course.earlier(brick)
        if on_own or name in course.predecessors(brick) or not course.has_solution(name)
    ]
    return [*before, brick]


def in_common(course: Course, seed: int, provenance: Provenance) -> str:
    """A digest of all that decides every grade of a class.

    It covers the course's checks, references, misconceptions and bars, the engine, the language of
    its messages, the seed, the policy, and the packages that everything is computed with.
    """
    stubs = {course.exercises / f"{brick}.py" for brick in course.bricks}  # they decide nothing
    paths = [path for path in course_files(course) if path not in stubs]
    paths += catalogues_in_use(course.root)
    content = (f"{path.name} {code_of(path)}" for path in paths)
    about = {**provenance.plain(), "seed itself": str(seed), "waived": sorted(course.waived)}
    settings = json.dumps(about, sort_keys=True)
    return digest([settings, engine(), *packages(), *content])


def course_files(course: Course) -> list[Path]:
    """The files of a course that grading reads, in order."""
    content = [
        path
        for folder in (course.exercises, course.solutions)
        for path in sorted(p for suffix in ("*.py", "*.json") for p in folder.rglob(suffix))
    ]
    return [*content, *(file for brick in course.bricks for file in course.files_of(brick))]


def _content(handed: Source | Unloadable | None) -> str:
    if isinstance(handed, Source):
        code = hashlib.sha256(normalised(handed.code)).hexdigest()
        return " ".join([handed.file, code, *packages_of(handed.code)])
    return repr(handed)


def normalised(code: bytes) -> bytes:
    """The code without what changes neither its behaviour nor the lines that messages show.

    A byte-order mark stays: together with a declared encoding, the file does not load. Control
    characters at the end stay, too.
    """
    return code.replace(b"\r\n", b"\n").rstrip(b" \t\n") + b"\n"
