"""Finding what was handed in: `<student>/<brick>.py` or `<student>/<brick>/<brick>.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course import CourseError


@dataclass(frozen=True)
class Student:
    """A student's folder name, and the file handed in for each brick that was."""

    name: str
    files: dict[str, Path]


@dataclass(frozen=True)
class Class:
    """All that was found; `remarks` are sentences on what needs the instructor's eye."""

    students: list[Student]
    remarks: list[str]


def find_class(submitted: Path, bricks: Sequence[str]) -> Class:
    """Every folder in `submitted` is a student. Raises CourseError: no folder, or none in it."""
    if not submitted.is_dir():
        raise CourseError(f"{submitted} is not a folder: name the one that holds the students'.")
    students, remarks = [], []
    for entry in sorted(submitted.iterdir()):
        if entry.is_symlink() or not entry.is_dir():
            remarks.append(f"{entry.name} is no student's folder: left out.")
            continue
        files = {brick: path for brick in bricks if (path := _handed_in(entry, brick))}
        if entry.name.startswith(".") and not files:
            continue
        students.append(Student(entry.name, files))
    if not students:
        raise CourseError(f"{submitted} holds no student's folder: nothing to grade.")
    return Class(students, remarks + _same_but_for_case(students))


def _handed_in(folder: Path, brick: str) -> Path | None:
    places = (folder / f"{brick}.py", folder / brick / f"{brick}.py")
    return next((path for path in places if path.exists() or path.is_symlink()), None)


def _same_but_for_case(students: Sequence[Student]) -> list[str]:
    names: dict[str, list[str]] = {}
    for student in students:
        names.setdefault(student.name.casefold(), []).append(student.name)
    return [
        f"{' and '.join(same)} differ only in case: both are graded; are they one student?"
        for same in names.values()
        if len(same) > 1
    ]
