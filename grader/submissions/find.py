"""Finds students' files in folders, and in the zips of Moodle, Canvas, Gradescope and others.

docs/submissions.md has the rules in words. Nothing is unpacked: `archive` reads single members.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from grader.course import CourseError
from grader.regular_file import UnreadableSource
from grader.submission import positions
from grader.submissions.archive import Found, class_zip
from grader.submissions.folders import in_folder
from grader.submissions.names import is_noise, meant_by
from grader.submissions.platforms import by_student, names_its_student, without_platform_folders
from grader.submissions.private import Refusal
from grader.submissions.recognise import Names
from grader.submissions.remarks import Remark, Weight, alike, shown, some
from grader.submissions.student import (
    ARCHIVES,
    handed_in,
    is_zip,
    last_part,
    names_of,
)
from grader.submissions.student import (
    Student as Student,
)
from grader.submissions.take import Taken

KIT_FOLDERS = ("exercises", "notebooks", "grader", "source", "release")


@dataclass(frozen=True)
class Class:
    """The students that were found, and remarks on their files, the gravest first."""

    students: list[Student]
    remarks: list[Remark]


def find_class(
    submitted: Path,
    bricks: Sequence[str],
    refusal: Refusal = lambda about: "",
    known: Names = MappingProxyType({}),
    take: Sequence[str] = (),
) -> Class:
    """Finds the students in a folder or a zip. Raises CourseError if there are none.

    refusal: why a file on disk is not read (see read_regular).
    known: the names that each brick defines, by which a file of another name is recognised.
    take: files that the instructor chose, each by its path in `submitted` or as a remark names it.
    """
    found = _listed(submitted, bricks, refusal)
    owned, ownerless = by_student(found)
    remarks = [_left_out(one, bricks) for one in ownerless]
    students, chosen = [], Taken(submitted, take)
    for name, (people, own) in owned.items():
        student, own_remarks = handed_in(name, own, bricks, known, chosen)
        if name.startswith(".") and not student.files:
            continue
        students.append(replace(student, people=people))
        remarks += some(name, own_remarks)
    if unknown := chosen.unknown():
        raise CourseError(f"--take {unknown}: no file of {submitted} that may be a brick is that.")
    remarks += alike(student.name for student in students)
    remarks.sort(key=lambda remark: remark.weight)
    if not students:
        why = [f" {remark.text}" for remark in remarks[:1] if remark.weight == Weight.LOST]
        raise CourseError(f"{submitted} holds no student's folder: nothing to grade.{''.join(why)}")
    loose = [one.path[0] for one in found if len(one.path) == 1 and _is_brick(one.path[0], bricks)]
    if loose and not any(student.files and student.recognised for student in students):
        raise CourseError(
            f"{loose[0]} lies in {submitted} itself: name the folder that holds the class."
        )
    return Class(students, remarks)


def _listed(submitted: Path, bricks: Sequence[str], refusal: Refusal) -> list[Found]:
    """The files of a class, without folders around all students. Raises CourseError."""
    if submitted.is_dir():
        try:
            return without_platform_folders(_with_origin(in_folder(submitted, refusal)))
        except OSError as error:
            raise CourseError(f"{submitted} cannot be read ({error.strerror}).") from None
    if not submitted.is_file():
        raise CourseError(f"{submitted} is not a folder, nor a zip: nothing of that name is there.")
    try:
        members = _with_origin(class_zip(submitted))
    except UnreadableSource as error:
        raise CourseError(f"{submitted} cannot be used as a folder or a zip: {error}.") from None
    return _without_wrapper(without_platform_folders(members), bricks)


def _with_origin(found: Iterable[Found]) -> list[Found]:
    return [replace(one, origin="/".join(one.path)) for one in found]


def _without_wrapper(found: Sequence[Found], bricks: Sequence[str]) -> list[Found]:
    """The files without the single folder around all students that a zip of `submitted` has."""
    files = [one for one in found if not is_noise(one.path[0])]
    around = {one.path[0] for one in files}
    inside = [replace(one, path=one.path[1:]) for one in files if len(one.path) > 1]
    if len(around) != 1:
        return list(found)
    if any(names_its_student(one.path) for one in inside):
        return inside
    is_student = any(
        one.path[0] in (*bricks, *KIT_FOLDERS) or _is_handed_in(one, bricks) for one in inside
    )
    return inside if not is_student and any(len(one.path) > 1 for one in inside) else list(found)


def _left_out(found: Found, bricks: Sequence[str]) -> Remark:
    """The remark on a file or folder that belongs to no student."""
    name = shown(found.path[0])
    no_folder = f"{name} is no student's folder: left out."
    text = f"{name} is left out: {found.refusal}." if found.refusal else no_folder
    if found.folder or last_part(found) in names_of(
        bricks
    ):  # no student can have the folder's name
        return Remark(text, Weight.LOST)
    may_hold_work = found.refusal or name.lower().endswith(ARCHIVES)
    return Remark(text, Weight.ODD if may_hold_work else Weight.HARMLESS)


def _is_handed_in(found: Found, bricks: Sequence[str]) -> bool:
    if len(found.path) == 1 and (is_zip(found) or meant_by(found.path[0], bricks)):
        return True
    return found.path in {path for brick in bricks for path in positions(brick)}


def _is_brick(name: str, bricks: Sequence[str]) -> bool:
    return any((name,) in positions(brick) for brick in bricks)
