"""`bricks collect`: what was handed in as modules, where nbgrader looks for notebooks."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.utils import parse_utc

from grader.classroom.ingest import Student, find_class
from grader.course import Course
from grader.desk.fill import filled
from grader.desk.source import as_text, student_notebook
from grader.implementation import UnreadableSource
from grader.submission import Upload

TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # as nbgrader's exchange writes it
LATEST = datetime(9999, 1, 1, tzinfo=timezone.utc).timestamp()  # a disk may tell later times
MOMENT = timedelta(microseconds=1)
OURS = "bricks_collected"  # in a notebook's metadata: it was made here, and may be made again


@dataclass(frozen=True)
class Collected:
    """What became of one brick of one student; `remark` is empty where all went well."""

    student: str
    brick: str
    written: bool
    remark: str = ""


class Collector:
    """Puts a class into nbgrader's folder of submissions, `submitted` in the course."""

    def __init__(self, course: Course, submitted: Path):
        self.course = course
        self.submitted = submitted
        self._templates = {brick: student_notebook(course, brick) for brick in course.bricks}
        self._stubs = {
            brick: (course.exercises / f"{brick}.py").read_text(encoding="utf-8")
            for brick in course.bricks
        }

    def collect(self, modules: Path, bricks: Sequence[str]) -> tuple[list[Collected], list[str]]:
        """What became of each brick, and remarks on what was found. Raises CourseError."""
        found = find_class(modules, bricks)
        return [one for who in found.students for one in self._student(modules, who)], found.remarks

    def _student(self, modules: Path, student: Student) -> Iterator[Collected]:
        for brick, upload in student.files.items():
            target = self.submitted / student.name / brick / f"{brick}.ipynb"
            try:
                handed = upload.read()
                if target.exists() and target.read_bytes() == handed:  # `submitted` itself is read
                    yield Collected(student.name, brick, False)
                    continue
                text = self._notebook(upload, handed)
            except (UnreadableSource, ValueError) as error:
                yield Collected(student.name, brick, False, f"cannot be used: {error}")
                continue
            yield self._kept(student.name, brick, target, text, upload.when)

    def _notebook(self, upload: Upload, handed: bytes) -> str:
        """The notebook's text: as it was handed in, or with the module's code in its cells."""
        if upload.name.endswith(".ipynb"):
            made: Any = nbformat.reads(handed.decode(), as_version=4)
        else:
            made = filled(self._templates[upload.brick], self._stubs[upload.brick], handed)
        made.metadata[OURS] = upload.name
        return as_text(made)

    def _kept(self, student: str, brick: str, target: Path, text: str, when: float) -> Collected:
        if target.exists():
            there = target.read_text(encoding="utf-8")
            if there == text:
                return Collected(student, brick, False)
            if f'"{OURS}"' not in there:
                return Collected(student, brick, False, "handed in through nbgrader: left as it is")
        target.parent.mkdir(parents=True, exist_ok=True)
        # The notebook last: after a kill it is still another, and both are written once more.
        _write(target.parent / "timestamp.txt", self._timestamp(student, brick, when))
        _write(target, text)
        return Collected(student, brick, True)

    def _timestamp(self, student: str, brick: str, when: float) -> str:
        """The file's own time; after those that were there, or nbgrader would not grade again."""
        folders = (self.submitted, self.course.root / "autograded")
        before = [_told(folder / student / brick / "timestamp.txt") for folder in folders]
        own = datetime.fromtimestamp(min(max(when, 0), LATEST), timezone.utc)
        latest = max([own, *(time + MOMENT for time in before if time)])
        return latest.strftime(TIMESTAMP)


def _told(path: Path) -> datetime | None:
    try:
        time: datetime = parse_utc(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError, OverflowError):
        return None
    return time.replace(tzinfo=timezone.utc)


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
