"""Finding what was handed in: folders, notebooks, and what Moodle, Canvas and Gradescope pack.

docs/submissions.md has the rules in words. Nothing is unpacked: `archive` reads single members.
"""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.classroom.archive import Found, class_zip, file_at, refused, student_zip
from grader.classroom.notebook import MAX_NOTEBOOK, source_in
from grader.course import CourseError
from grader.implementation import MAX_BYTES, UnreadableSource
from grader.submission import Upload

MAX_ZIPS = 5  # a student's; each costs a reading
NAMED = 3  # files that a remark names before it only counts
# What systems leave behind, and nobody means to hand in.
HIDDEN = re.compile(r"\.[^.]")
NOISE = {"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "submission_metadata.yml"}

MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(file|onlinetext)(_(?P<file>.*))?$")
CANVAS = re.compile(
    r"(?:(?P<name>\w+?)_)?(?:LATE_)?(?P<id>\d+|anon_[^\W_]+)_(?P<upload>\d{1,20})_(?P<file>.+)$"
)
CANVAS_AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<again>\d{1,9}))?(?P<suffix>\.\w+)$")


@dataclass(frozen=True)
class Student:
    """A student's name, and for each brick that was handed in how to read it."""

    name: str
    files: dict[str, Upload]


@dataclass(frozen=True)
class Class:
    """All that was found; `remarks` are sentences on what needs the instructor's eye."""

    students: list[Student]
    remarks: list[str]


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
    owned, remarks = _by_student(found)
    students = []
    for name, own in owned.items():
        files, said = _handed_in(name, own, bricks)
        if name.startswith(".") and not files:
            continue
        students.append(Student(name, files))
        remarks += said
    if not students:
        raise CourseError(f"{submitted} holds no student's folder: nothing to grade.")
    loose = [one.path[0] for one in found if len(one.path) == 1 and _is_brick(one.path[0], bricks)]
    if loose and not any(student.files for student in students):
        raise CourseError(
            f"{loose[0]} lies in {submitted} itself: name the folder that holds the class."
        )
    return Class(students, remarks + _alike(students))


def _in_folder(submitted: Path, bricks: Sequence[str]) -> Iterator[Found]:
    """What lies in it, and in each student's folder; in folders below, only in a brick's own."""
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
        told = f"its folder {folder.name}, which cannot be read ({error.strerror})"
        yield refused((folder.relative_to(submitted).parts[0], told), told)
        return
    for entry in entries:
        if entry.name in bricks and folder.parent == submitted and _is_folder(entry):
            yield from _in_students(entry, submitted, bricks)
        else:
            yield file_at(entry, submitted)


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)  # those of Path may raise


def _without_wrapper(found: Sequence[Found], bricks: Sequence[str]) -> list[Found]:
    """A zip of the folder `submitted` has that folder around all students."""
    kept = [one for one in found if one.path[0] not in NOISE and not HIDDEN.match(one.path[0])]
    around = {one.path[0] for one in kept}
    inside = [replace(one, path=one.path[1:]) for one in kept if len(one.path) > 1]
    if len(around) != 1:
        return list(found)
    if any(MOODLE.match(one.path[0]) or CANVAS.match("/".join(one.path)) for one in inside):
        return inside
    is_student = any(one.path[0] in bricks or _is_handed_in(one, bricks) for one in inside)
    return inside if not is_student and any(len(one.path) > 1 for one in inside) else list(found)


@dataclass(frozen=True)
class _Owner:
    """Whose a top folder or file is. `identity` tells students of one name apart."""

    name: str
    identity: str = ""


def _by_student(found: Sequence[Found]) -> tuple[dict[str, list[Found]], list[str]]:
    """What is each student's, with paths below their folder; and remarks on what is nobody's."""
    owned: dict[_Owner, list[Found]] = {}
    uploads: dict[_Owner, list[tuple[re.Match[str], Found]]] = {}
    remarks = []
    for one in found:
        top, *rest = one.path
        flat = not rest and not one.folder
        if top in NOISE or (flat and HIDDEN.match(top)):
            continue
        moodle = MOODLE.match(top)
        if moodle and not (flat and not moodle["file"]):
            below = tuple(rest) if not flat else (moodle["file"],)
            owner = _Owner(moodle["name"], moodle["id"])
            owned.setdefault(owner, []).append(replace(one, path=below))
        elif not flat:
            owned.setdefault(_Owner(top), []).append(replace(one, path=tuple(rest)))
        elif canvas := CANVAS.match(top):
            owner = _Owner(canvas["name"] or canvas["id"], canvas["id"])
            uploads.setdefault(owner, []).append((canvas, one))
        else:
            remarks.append(f"{_shown(top)} is no student's folder: left out.")
    for owner, several in uploads.items():
        owned.setdefault(owner, []).extend(_latest(several))
    for name in sorted({owner.name for owner in owned if not _is_name(owner.name)}):
        remarks.append(f"{_shown(name)} is no student's name: left out.")
    return _named({o: own for o, own in owned.items() if _is_name(o.name)}), remarks


def _is_name(name: str) -> bool:
    """Whether a folder can have the name, and lies where it seems to."""
    return name not in (".", "..") and "/" not in name


def _latest(uploads: Sequence[tuple[re.Match[str], Found]]) -> Iterator[Found]:
    """Canvas names a file that is handed in again `neuron-1.py`: the latest becomes `neuron.py`."""

    def when(upload: tuple[re.Match[str], Found]) -> tuple[int, int]:
        again = CANVAS_AGAIN.match(upload[0]["file"])
        return int((again and again["again"]) or 0), int(upload[0]["upload"])

    taken = set()
    for match, one in sorted(uploads, key=when, reverse=True):
        again = CANVAS_AGAIN.match(match["file"])
        name = again["stem"] + again["suffix"] if again else match["file"]
        yield replace(one, path=(name,)) if name not in taken else one
        taken.add(name)


def _named(owned: Mapping[_Owner, list[Found]]) -> dict[str, list[Found]]:
    """By a name for each that is unique and can be printed, in order."""
    times = Counter(owner.name for owner in owned)
    result: dict[str, list[Found]] = {}
    for owner in sorted(owned, key=lambda owner: (owner.name, owner.identity)):
        same = times[owner.name] > 1 and owner.identity
        name = base = _shown(f"{owner.name}_{owner.identity}" if same else owner.name, 200)
        number = 1
        while name in result:
            number += 1
            name = f"{base} ({number})"
        result[name] = owned[owner]
    return result


def _handed_in(
    student: str, found: Sequence[Found], bricks: Sequence[str]
) -> tuple[dict[str, Upload], list[str]]:
    """The file that counts for each brick, and what is to be said."""
    loose = [one for one in found if _counts(one)]
    zips = [one for one in loose if _is_zip(one)][:MAX_ZIPS]
    holders = [("", {one.path: one for one in loose if one not in zips})]
    unusable, remarks = [], []
    for packed in zips:
        try:
            holders.append((f"{packed.path[0]}/", _in_students_zip(packed)))
        except UnreadableSource as error:
            remarks.append(f"{student}: {_shown(packed.path[0])} cannot be used: {error}.")
            why = f"{_shown(packed.path[0])}, where it may be, cannot be used: {error}"
            unusable.append(refused(packed.path, why))
    files: dict[str, Upload] = {}
    rest = {where + "/".join(path): one for where, held in holders for path, one in held.items()}
    for brick in bricks:
        labels = [
            where + "/".join(path) for where, held in holders for path in _places(brick)
            if path in held
        ]  # fmt: skip
        several = [rest.pop(label) for label in labels]
        if several:
            files[brick] = _as_file(brick, several[0])
        elif unusable:  # it may have been in there
            files[brick] = _as_file(brick, unusable[0])
        if len(several) > 1:
            remarks.append(f"{student}: {brick} is there as {' and '.join(map(_shown, labels))}: "
                           f"{_shown(labels[0])} is taken.")  # fmt: skip
    missing = [brick for brick in bricks if brick not in files]
    return files, remarks + _almost(student, rest, missing) + _ignored(student, rest)


def _in_students_zip(packed: Found) -> dict[tuple[str, ...], Found]:
    """Its files; a single folder around all of them is looked into."""
    files = [one for one in student_zip(packed) if _counts(one)]
    wrapped = len({one.path[0] for one in files}) == 1 and all(len(one.path) > 1 for one in files)
    return {one.path[1:] if wrapped else one.path: one for one in files}


def _places(brick: str) -> list[tuple[str, ...]]:
    names = (f"{brick}.py", f"{brick}.ipynb")
    return [path for name in names for path in ((name,), (brick, name))]


def _as_file(brick: str, found: Found) -> Upload:
    when = found.when
    if found.path[-1].endswith(".ipynb"):
        return Upload(brick, f"{brick}.ipynb", lambda: found.read(MAX_NOTEBOOK), source_in, when)
    return Upload(brick, f"{brick}.py", lambda: found.read(MAX_BYTES), when=when)


def _almost(student: str, rest: dict[str, Found], bricks: Sequence[str]) -> list[str]:
    """Files whose name is a brick's but for its case; they are taken out of the rest."""
    wanted = {
        name.casefold(): name for brick in bricks for (name, *more) in _places(brick) if not more
    }
    near = {name: wanted[name.casefold()] for name in sorted(rest) if name.casefold() in wanted}
    for name in near:
        del rest[name]
    return [
        f"{student}: {_shown(n)} is not graded: its name must be {right}."
        for n, right in near.items()
    ]


def _ignored(student: str, rest: Mapping[str, Found]) -> list[str]:
    if not rest:
        return []
    names = [_shown(name) for name in sorted(rest)]
    more = f" (and {len(names) - NAMED} more)" if len(names) > NAMED else ""
    return [f"{student}: ignored {', '.join(names[:NAMED])}{more}."]


def _is_handed_in(found: Found, bricks: Sequence[str]) -> bool:
    return found.path in {path for brick in bricks for path in _places(brick)} or _is_zip(found)


def _is_brick(name: str, bricks: Sequence[str]) -> bool:
    return any((name,) in _places(brick) for brick in bricks)


def _is_zip(found: Found) -> bool:
    return len(found.path) == 1 and found.path[0].lower().endswith(".zip") and not found.folder


def _counts(found: Found) -> bool:
    """Whether it is a file that somebody meant to hand in, or a folder in place of one."""
    if found.folder:
        return found.path[-1:] != () and found.path[-1].endswith((".py", ".ipynb"))
    hidden = any(HIDDEN.match(part) or part in NOISE for part in found.path)
    return bool(found.path) and not hidden


def _shown(name: str, most: int = 80) -> str:
    """A name from outside as it can be printed: control characters spelled out, not too long."""
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)
    return text if len(text) <= most else f"{text[:most]}..."


def _alike(students: Sequence[Student]) -> list[str]:
    names: dict[str, list[str]] = {}
    for student in students:
        alike = unicodedata.normalize("NFC", student.name.casefold())
        names.setdefault(alike, []).append(student.name)
    return [
        f"{' and '.join(same)} differ only in case: both are graded; are they one student?"
        if len({name.casefold() for name in same}) == 1
        else f"{' and '.join(same)} look the same: both are graded; are they one student?"
        for same in names.values()
        if len(same) > 1
    ]
