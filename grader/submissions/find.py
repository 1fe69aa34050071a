"""Finding what was handed in: folders, notebooks, and what Moodle, Canvas and Gradescope pack.

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
from grader.submission import Upload, positions
from grader.submissions.archive import Found, class_zip, file_at, refused, student_zip
from grader.submissions.platforms import by_student, is_noise, names_its_student
from grader.submissions.remarks import Remark, Weight, alike, ignored, shown

MAX_ZIPS = 5  # a student's; each costs a reading
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz", ".tar.gz")


@dataclass(frozen=True)
class Student:
    """A student's name, and for each brick that was handed in how to read it.

    beside: by brick, what lies in its own folder and comes before what was handed in.
    """

    name: str
    files: dict[str, Upload]
    beside: dict[str, dict[str, Upload]] = field(default_factory=dict)


@dataclass(frozen=True)
class Class:
    """All that was found, and what is to be said of it, what matters most first."""

    students: list[Student]
    remarks: list[Remark]


def find_class(submitted: Path, bricks: Sequence[str]) -> Class:
    """The students in a folder or a zip. Raises CourseError: neither of them, or no student."""
    if submitted.is_dir():
        try:
            found = list(_in_folder(submitted, bricks))
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
    owned, nobodys = by_student(found)
    remarks = [_left_out(one, bricks) for one in nobodys]
    students = []
    for name, own in owned.items():
        files, beside, said = _handed_in(name, own, bricks)
        if name.startswith(".") and not files:
            continue
        students.append(Student(name, files, beside))
        remarks += said
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


def _in_folder(submitted: Path, bricks: Sequence[str]) -> Iterator[Found]:
    """What lies in it and in each student's folder; in folders below, what has a brick's name."""
    for entry in sorted(submitted.iterdir()):
        path = (entry.name,)
        if os.path.islink(entry):
            yield refused(path, "it is a link")
        elif not _is_folder(entry):
            yield file_at(entry, submitted)
        else:
            yield refused(path, "it is a folder", folder=True)
            yield from _in_students(entry, submitted, bricks)


def _in_students(folder: Path, submitted: Path, bricks: Sequence[str]) -> Iterator[Found]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        path = (folder.relative_to(submitted).parts[0], f"its folder {folder.name}")
        yield refused(path, f"it cannot be read ({error.strerror})", folder=True)
        return
    for entry in entries:
        if not _is_folder(entry):
            yield file_at(entry, submitted)
        elif entry.name in bricks and folder.parent == submitted:
            yield from _in_students(entry, submitted, bricks)
        else:  # nothing in there is graded: that must be told of a brick
            paths = [entry.joinpath(*path) for brick in bricks for path in positions(brick)]
            named = [path for path in paths if os.path.lexists(path)]
            yield from (file_at(path, submitted) for path in named or [entry])


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)  # those of Path may raise


def _without_wrapper(found: Sequence[Found], bricks: Sequence[str]) -> list[Found]:
    """A zip of the folder `submitted` has that folder around all students."""
    kept = [one for one in found if not is_noise(one.path[0])]
    around = {one.path[0] for one in kept}
    inside = [replace(one, path=one.path[1:]) for one in kept if len(one.path) > 1]
    if len(around) != 1:
        return list(found)
    if any(names_its_student(one.path) for one in inside):
        return inside
    is_student = any(one.path[0] in bricks or _is_handed_in(one, bricks) for one in inside)
    return inside if not is_student and any(len(one.path) > 1 for one in inside) else list(found)


def _left_out(found: Found, bricks: Sequence[str]) -> Remark:
    """What is nobody's."""
    name = shown(found.path[0])
    no_folder = f"{name} is no student's folder: left out."
    text = f"{name} is left out: {found.refusal}." if found.refusal else no_folder
    if found.folder or _last_part(found) in _names(bricks):  # a folder: of no student's name
        return Remark(text, Weight.LOST)
    may_be_somebodys = found.refusal or name.lower().endswith(ARCHIVES)
    return Remark(text, Weight.ODD if may_be_somebodys else Weight.HARMLESS)


def _handed_in(
    student: str, found: Sequence[Found], bricks: Sequence[str]
) -> tuple[dict[str, Upload], dict[str, dict[str, Upload]], list[Remark]]:
    """The file that counts for each brick, what is beside it, and what is to be said."""
    loose = [one for one in found if _counts(one)]
    zips = [one for one in loose if _is_zip(one)][:MAX_ZIPS]
    holders = [("", {one.path: one for one in loose if one not in zips})]
    unusable, remarks = list[Found](), list[Remark]()
    for packed in zips:
        try:
            holders.append((f"{packed.path[0]}/", _in_students_zip(packed)))
        except UnreadableSource as error:
            told = f"{student}: {shown(packed.path[0])} cannot be used: {error}."
            remarks.append(Remark(told, Weight.LOST))
            why = f"{shown(packed.path[0])}, where it may be, cannot be used: {error}"
            unusable.append(refused(packed.path, why))
    files: dict[str, Upload] = {}
    beside: dict[str, dict[str, Upload]] = {}
    rest = {where + "/".join(path): one for where, held in holders for path, one in held.items()}
    for brick in bricks:
        labels = [
            where + "/".join(path) for where, held in holders for path in positions(brick)
            if path in held
        ]  # fmt: skip
        several = [rest.pop(label) for label in labels]
        if several:
            files[brick] = _as_file(brick, several[0])
            nearer = _nearer(brick, several[0], holders, bricks)
            if nearer:
                beside[brick] = {name: _as_file(name, one) for name, (_, one) in nearer.items()}
            for name, (label, _) in nearer.items():
                remarks.append(Remark(f"{student}: {brick} imports {name} from {shown(label)}."))
                if name in files:  # else it is told as well that it is not graded itself
                    rest.pop(label, None)
        elif unusable:  # it may have been in there
            files[brick] = _as_file(brick, unusable[0])
        if len(several) > 1:
            names = " and ".join(map(shown, labels))
            told = f"{student}: {brick} is there as {names}: {shown(labels[0])} is taken."
            remarks.append(Remark(told))
    missing = [brick for brick in bricks if brick not in files]
    remarks += _not_graded(student, rest, missing)
    return files, beside, [*remarks, ignored(student, rest)] if rest else remarks


def _nearer(
    brick: str,
    file: Found,
    holders: Sequence[tuple[str, dict[tuple[str, ...], Found]]],
    bricks: Sequence[str],
) -> dict[str, tuple[str, Found]]:
    """Other bricks in the folder of the file, where they come before those of the student's."""
    found = {}
    for where, held in holders:
        if all(one is not file for path, one in held.items() if path[0] == brick):
            continue  # it lies elsewhere, or at the top
        for name in bricks[: bricks.index(brick)]:
            first = next((path for path in positions(name, brick) if path in held), ())
            if len(first) > 1 and first[0] == brick:
                found[name] = where + "/".join(first), held[first]
    return found


def _in_students_zip(packed: Found) -> dict[tuple[str, ...], Found]:
    """Its files; a single folder around all of them is looked into."""
    files = [one for one in student_zip(packed) if _counts(one)]
    wrapped = len({one.path[0] for one in files}) == 1 and all(len(one.path) > 1 for one in files)
    return {one.path[1:] if wrapped else one.path: one for one in files}


def _as_file(brick: str, found: Found) -> Upload:
    when = found.when
    if found.path[-1].endswith(".ipynb"):
        return Upload(brick, f"{brick}.ipynb", lambda: found.read(MAX_NOTEBOOK), source_in, when)
    return Upload(brick, f"{brick}.py", lambda: found.read(MAX_BYTES), when=when)


def _not_graded(student: str, rest: dict[str, Found], missing: Sequence[str]) -> Iterator[Remark]:
    """What may be a brick that is missing; it is taken out of the rest."""
    names = _names(missing)
    for label in sorted(rest) if missing else ():
        one = rest[label]
        meant = names.get(_last_part(one))
        why = one.refusal or (_misplaced(one, *meant) if meant else "")
        if meant or (one.folder and one.refusal):
            told = Remark(f"{student}: {shown(label)} is not graded: {why}.", Weight.LOST)
        elif label.lower().endswith(ARCHIVES):
            told = Remark(f"{student}: {shown(label)} is not opened: a brick may be in it.")
        else:
            continue
        del rest[label]
        yield told


def _names(bricks: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The brick and the name of each file that may be handed in, by that name whatever its case."""
    return {path[-1].casefold(): (brick, path[-1]) for brick in bricks for path in positions(brick)}


def _last_part(found: Found) -> str:
    """The name in its folder, whatever its case, also where a zip has a name that is refused."""
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
    """Whether it is a file that somebody meant to hand in, or a folder in place of one."""
    if not found.path or any(map(is_noise, found.path)):
        return False
    return not found.folder or bool(found.refusal) or found.path[-1].endswith((".py", ".ipynb"))
