"""`bricks collect`: what was handed in as modules, where nbgrader looks for notebooks."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import nbformat

from grader.classroom.archive import read_regular
from grader.classroom.ingest import Student, find_class
from grader.classroom.notebook import MAX_NOTEBOOK
from grader.course import Course
from grader.desk.fill import filled
from grader.desk.source import as_text, student_notebook
from grader.implementation import UnreadableSource
from grader.submission import Upload

TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # as nbgrader's exchange writes it
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
            source = _on_disk(modules, student.name, upload)
            target = self.submitted / student.name / brick / f"{brick}.ipynb"
            if source is not None and target.exists() and source.samefile(target):
                yield Collected(student.name, brick, False)
                continue
            try:
                text = self._notebook(upload, source)
            except (UnreadableSource, ValueError) as error:
                yield Collected(student.name, brick, False, f"cannot be used: {error}")
                continue
            yield self._kept(student.name, brick, target, text, _when(source or modules))

    def _notebook(self, upload: Upload, source: Path | None) -> str:
        """The notebook's text: as it was handed in, or with the module's code in its cells."""
        if source is not None and source.suffix == ".ipynb":
            made: Any = nbformat.reads(read_regular(source, MAX_NOTEBOOK).decode(), as_version=4)
        else:
            template, stub = self._templates[upload.brick], self._stubs[upload.brick]
            made = filled(template, stub, upload.code())
        made.metadata[OURS] = upload.name
        return as_text(made)

    def _kept(self, student: str, brick: str, target: Path, text: str, when: str) -> Collected:
        if target.exists():
            there = target.read_text(encoding="utf-8")
            if there == text:
                return Collected(student, brick, False)
            if f'"{OURS}"' not in there:
                return Collected(student, brick, False, "handed in through nbgrader: left as it is")
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, text)
        _write(target.parent / "timestamp.txt", when)
        return Collected(student, brick, True)


def _on_disk(modules: Path, student: str, upload: Upload) -> Path | None:
    """The file itself, where it lies in a folder by the student's name."""
    own = modules / student
    places = (own / upload.name, own / upload.brick / upload.name)
    return next((path for path in places if path.is_file() and not path.is_symlink()), None)


def _when(path: Path) -> str:
    when = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    return when.strftime(TIMESTAMP)


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
