"""Finding what was handed in: folders, notebooks, and the zips of Moodle, Canvas and Gradescope.

docs/submissions.md has the rules in words. Nothing is unpacked: `archive` reads single members.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.course import CourseError
from grader.notebook import MAX_NOTEBOOK, source_in
from grader.regular_file import UnreadableSource
from grader.source import MAX_BYTES
from grader.submission import positions
from grader.submissions.archive import Found, class_zip, file_at, refused, student_zip
from grader.submissions.platforms import by_student, is_noise, names_its_student
from grader.submissions.private import Refusal
from grader.submissions.remarks import Remark, Weight, alike, ignored, shown, some
from grader.submissions.upload import Upload

MAX_ZIPS = 5  # opened for one student: it takes time to read one
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz", ".tar.gz")


@dataclass(frozen=True)
class Student:
    """A student's name and, by brick, the file that counts; it is read later.

    siblings: by brick, the other bricks in its own folder; it imports these before the student's.
    """

    name: str
    files: dict[str, Upload]
    siblings: dict[str, dict[str, Upload]] = field(default_factory=dict)


@dataclass(frozen=True)
class Class:
    """The students that were found, and remarks on what was handed in, the gravest first."""

    students: list[Student]
    remarks: list[Remark]


def find_class(
    submitted: Path, bricks: Sequence[str], refusal: Refusal = lambda about: ""
) -> Class:
    """Finds the students in a folder or a zip. Raises CourseError if there are none.

    refusal: why a file on disk is not read (see read_regular).
    """
    if submitted.is_dir():
        try:
            found = list(_in_folder(submitted, bricks, refusal))
        except OSError as error:
            raise CourseError(f"{submitted} cannot be read ({error.strerror}).") from None
    elif submitted.is_file():
        try:
            found = _without_wrapper(class_zip(submitted), bricks)
        except UnreadableSource as error:
            raise CourseError(
                f"{submitted} cannot be used as a folder or a zip: {error}."
            ) from None
    else:
        raise CourseError(f"{submitted} is not a folder, nor a zip: nothing of that name is there.")
    owned, ownerless = by_student(found)
    remarks = [_left_out(one, bricks) for one in ownerless]
    students = []
    for name, own in owned.items():
        files, siblings, own_remarks = _handed_in(name, own, bricks)
        if name.startswith(".") and not files:
            continue
        students.append(Student(name, files, siblings))
        remarks += some(name, own_remarks)
    remarks += alike(student.name for student in students)
    remarks.sort(key=lambda remark: remark.weight)
    if not students:
        why = [f" {remark.text}" for remark in remarks[:1] if remark.weight == Weight.LOST]
        raise CourseError(f"{submitted} holds no student's folder: nothing to grade.{''.join(why)}")
    loose = [one.path[0] for one in found if len(one.path) == 1 and _is_brick(one.path[0], bricks)]
    if loose and not any(student.files for student in students):
        raise CourseError(
            f"{loose[0]} lies in {submitted} itself: name the folder that holds the class."
        )
    return Class(students, remarks)


def _in_folder(submitted: Path, bricks: Sequence[str], refusal: Refusal) -> Iterator[Found]:
    """The files in it and in each student's folder; from folders below, only files of bricks."""
    for entry in sorted(submitted.iterdir()):
        path = (entry.name,)
        if os.path.islink(entry):
            yield refused(path, "it is a link")
        elif not _is_folder(entry):
            yield file_at(entry, submitted, refusal)
        else:
            yield refused(path, "it is a folder", folder=True)
            yield from _in_students(entry, submitted, bricks, refusal)


def _in_students(
    folder: Path, submitted: Path, bricks: Sequence[str], refusal: Refusal
) -> Iterator[Found]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        path = (folder.relative_to(submitted).parts[0], f"its folder {folder.name}")
        yield refused(path, f"it cannot be read ({error.strerror})", folder=True)
        return
    for entry in entries:
        if not _is_folder(entry):
            yield file_at(entry, submitted, refusal)
        elif entry.name in bricks and folder.parent == submitted:
            yield from _in_students(entry, submitted, bricks, refusal)
        else:  # nothing in here is graded, and a brick in here gets a remark
            paths = [entry.joinpath(*path) for brick in bricks for path in positions(brick)]
            named = [path for path in paths if os.path.lexists(path)]
            yield from (file_at(path, submitted, refusal) for path in named or [entry])


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)  # Path's methods may raise


def _without_wrapper(found: Sequence[Found], bricks: Sequence[str]) -> list[Found]:
    """The files without the one folder around all students, which a zip of `submitted` has."""
    files = [one for one in found if not is_noise(one.path[0])]
    around = {one.path[0] for one in files}
    inside = [replace(one, path=one.path[1:]) for one in files if len(one.path) > 1]
    if len(around) != 1:
        return list(found)
    if any(names_its_student(one.path) for one in inside):
        return inside
    is_student = any(one.path[0] in bricks or _is_handed_in(one, bricks) for one in inside)
    return inside if not is_student and any(len(one.path) > 1 for one in inside) else list(found)


def _left_out(found: Found, bricks: Sequence[str]) -> Remark:
    """The remark on a file or folder that belongs to no student."""
    name = shown(found.path[0])
    no_folder = f"{name} is no student's folder: left out."
    text = f"{name} is left out: {found.refusal}." if found.refusal else no_folder
    if found.folder or _last_part(found) in _names(bricks):  # no student can have the folder's name
        return Remark(text, Weight.LOST)
    may_hold_work = found.refusal or name.lower().endswith(ARCHIVES)
    return Remark(text, Weight.ODD if may_hold_work else Weight.HARMLESS)


def _handed_in(
    student: str, found: Sequence[Found], bricks: Sequence[str]
) -> tuple[dict[str, Upload], dict[str, dict[str, Upload]], list[Remark]]:
    """By brick, the file that counts and its siblings (see Student); and remarks."""
    loose = [one for one in found if _counts(one)]
    zips = [one for one in loose if _is_zip(one)][:MAX_ZIPS]
    containers = [("", {one.path: one for one in loose if one not in zips})]
    unusable, remarks = list[Found](), list[Remark]()
    for packed in zips:
        try:
            containers.append((f"{packed.path[0]}/", _in_students_zip(packed)))
        except UnreadableSource as error:
            text = f"{student}: {shown(packed.path[0])} cannot be used: {error}."
            remarks.append(Remark(text, Weight.LOST))
            why = f"{shown(packed.path[0])}, where it may be, cannot be used: {error}"
            unusable.append(refused(packed.path, why))
    files: dict[str, Upload] = {}
    siblings: dict[str, dict[str, Upload]] = {}
    rest = {
        prefix + "/".join(path): one
        for prefix, contained in containers
        for path, one in contained.items()
    }
    for brick in bricks:
        labels = [
            prefix + "/".join(path) for prefix, contained in containers for path in positions(brick)
            if path in contained
        ]  # fmt: skip
        candidates = [rest.pop(label) for label in labels]
        if candidates:
            files[brick] = _upload(brick, candidates[0])
            nearer = _nearer(brick, candidates[0], containers, bricks)
            if nearer:
                siblings[brick] = {name: _upload(name, one) for name, (_, one) in nearer.items()}
            for name, (label, _) in nearer.items():
                remarks.append(Remark(f"{student}: {brick} imports {name} from {shown(label)}."))
                if name in files:  # else another remark says that it is not graded itself
                    rest.pop(label, None)
        elif unusable:  # the brick may be in that zip
            files[brick] = _upload(brick, unusable[0])
        if len(candidates) > 1:
            names = " and ".join(map(shown, labels))
            text = f"{student}: {brick} is there as {names}: {shown(labels[0])} is taken."
            remarks.append(Remark(text))
    missing = [brick for brick in bricks if brick not in files]
    remarks += _not_graded(student, rest, missing)
    return files, siblings, [*remarks, ignored(student, rest)] if rest else remarks


def _nearer(
    brick: str,
    file: Found,
    containers: Sequence[tuple[str, dict[tuple[str, ...], Found]]],
    bricks: Sequence[str],
) -> dict[str, tuple[str, Found]]:
    """The siblings of a brick's file (see Student): by brick, the label and the file."""
    found = {}
    for prefix, contained in containers:
        if all(one is not file for path, one in contained.items() if path[0] == brick):
            continue  # the file is not in here, or not in a folder of its brick's name
        for name in bricks[: bricks.index(brick)]:
            first = next((path for path in positions(name, brick) if path in contained), ())
            if len(first) > 1 and first[0] == brick:
                found[name] = prefix + "/".join(first), contained[first]
    return found


def _in_students_zip(packed: Found) -> dict[tuple[str, ...], Found]:
    """The zip's files by path, without a single folder around all of them."""
    files = [one for one in student_zip(packed) if _counts(one)]
    wrapped = len({one.path[0] for one in files}) == 1 and all(len(one.path) > 1 for one in files)
    return {one.path[1:] if wrapped else one.path: one for one in files}


def _upload(brick: str, found: Found) -> Upload:
    when = found.when
    if found.path[-1].endswith(".ipynb"):
        return Upload(brick, f"{brick}.ipynb", lambda: found.read(MAX_NOTEBOOK), source_in, when)
    return Upload(brick, f"{brick}.py", lambda: found.read(MAX_BYTES), when=when)


def _not_graded(student: str, rest: dict[str, Found], missing: Sequence[str]) -> Iterator[Remark]:
    """Remarks on files that may be a missing brick; takes these files out of `rest`."""
    names = _names(missing)
    for label in sorted(rest) if missing else ():
        one = rest[label]
        meant = names.get(_last_part(one))
        why = one.refusal or (_misplaced(one, *meant) if meant else "")
        if meant or (one.folder and one.refusal):
            remark = Remark(f"{student}: {shown(label)} is not graded: {why}.", Weight.LOST)
        elif label.lower().endswith(ARCHIVES):
            remark = Remark(f"{student}: {shown(label)} is not opened: a brick may be in it.")
        else:
            continue
        del rest[label]
        yield remark


def _names(bricks: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By case-folded file name, the brick that the file is and the name that it must have."""
    return {path[-1].casefold(): (brick, path[-1]) for brick in bricks for path in positions(brick)}


def _last_part(found: Found) -> str:
    """The case-folded file name without folders; also for a name in a zip that was refused."""
    parts = [part for part in re.split(r"[/\\:\0]", found.path[-1]) if part]
    return parts[-1].casefold() if parts else ""


def _misplaced(found: Found, brick: str, name: str) -> str:
    if found.path[-1] != name and found.path[:-1] in ((), (brick,)):
        return f"its name must be {name}"
    return f"its place must be {name} or {brick}/{name}"


def _is_handed_in(found: Found, bricks: Sequence[str]) -> bool:
    return found.path in {path for brick in bricks for path in positions(brick)} or _is_zip(found)


def _is_brick(name: str, bricks: Sequence[str]) -> bool:
    return any((name,) in positions(brick) for brick in bricks)


def _is_zip(found: Found) -> bool:
    return len(found.path) == 1 and found.path[0].lower().endswith(".zip") and not found.folder


def _counts(found: Found) -> bool:
    """Whether it is a file that the student meant to hand in, or a folder that bears its name."""
    if not found.path or any(map(is_noise, found.path)):
        return False
    return not found.folder or bool(found.refusal) or found.path[-1].endswith((".py", ".ipynb"))
