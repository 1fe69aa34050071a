"""Finds a student's file for each brick, and writes remarks on the other files."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from grader.file_kind import something_else
from grader.notebook import MAX_NOTEBOOK, source_in
from grader.regular_file import UnreadableSource
from grader.source import MAX_BYTES
from grader.submission import positions
from grader.submissions.archive import MAX_MEMBERS, MAX_ZIP, Found, refused, student_zip
from grader.submissions.choose import Files, choose
from grader.submissions.names import (
    is_code,
    is_noise,
    is_notebook_name,
    is_zip_name,
    named_after,
)
from grader.submissions.people import Person
from grader.submissions.recognise import Names
from grader.submissions.remarks import NAMED, Remark, Weight, ignored, shown
from grader.submissions.take import Taken
from grader.submissions.upload import Upload, of_either_kind

MAX_ZIPS = 5  # opened for one student, nested ones too: it takes time to read one
MAX_NESTED = 3  # depth of zips in zips
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz", ".tar.gz")

Container = tuple[str, dict[tuple[str, ...], Found]]  # the prefix of its labels; files by path


@dataclass(frozen=True)
class Student:
    """A student's name and, by brick, the file that counts; it is read later.

    siblings: by brick, the other bricks in its own folder, which it imports before the student's.
    people: those on the platform; several for a group, none if no platform names them.
    recognised: False if files were handed in and none of them is a brick.
    """

    name: str
    files: dict[str, Upload]
    siblings: dict[str, dict[str, Upload]] = field(default_factory=dict)
    people: tuple[Person, ...] = ()
    recognised: bool = True


def handed_in(
    name: str, found: Sequence[Found], bricks: Sequence[str], known: Names, chosen: Taken
) -> tuple[Student, list[Remark]]:
    """The student with the file that counts for each brick, and remarks."""
    loose = [one for one in found if counts(one)]
    containers, unusable, remarks = _containers(name, loose)
    paths = {
        prefix + "/".join(path): path for prefix, contained in containers for path in contained
    }
    rest = {
        prefix + "/".join(path): one
        for prefix, contained in containers
        for path, one in contained.items()
    }
    handed = Files(name, dict(rest), paths, known, _upload, chosen.labels(name, rest))
    files: dict[str, Upload] = {}
    siblings: dict[str, dict[str, Upload]] = {}
    for brick in bricks:
        choice = choose(brick, handed, bricks)
        upload = choice.upload
        remarks += choice.said
        for label in choice.labels:
            rest.pop(label, None)
        if unusable and (upload is None or handed.content(choice.labels[0]).is_stub):
            files[brick] = _upload(brick, unusable[0].path[0], unusable[0])
        elif upload is not None:
            files[brick] = upload
            nearer = _nearer(brick, choice.labels[0], containers, bricks)
            if nearer:
                siblings[brick] = {n: _upload(n, label, one) for n, (label, one) in nearer.items()}
            for sibling, (label, _) in nearer.items():
                remarks.append(Remark(f"{name}: {brick} imports {sibling} from {shown(label)}."))
                if sibling in files:  # else another remark says that it is not graded itself
                    rest.pop(label, None)
    if rest and not files:
        files, lost = _nothing_of_it(name, rest, bricks)
        return Student(name, files, recognised=False), [*remarks, lost]
    for brick in (brick for brick in bricks if brick not in files):
        label, what = next(_documents(brick, rest, bricks), ("", ""))
        if label:
            remarks.append(Remark(f"{name}: {shown(label)} is not graded: {what}.", Weight.LOST))
            one = rest.pop(label)
            file = shown(one.path[-1])
            files[brick] = Upload(brick, file, _refusing(what), when=one.when, label=label)
    missing = [brick for brick in bricks if brick not in files]
    remarks += _not_graded(name, rest, missing)
    if rest:
        remarks.append(ignored(name, rest))
    return Student(name, files, siblings), remarks


def _containers(
    student: str, loose: Sequence[Found]
) -> tuple[list[Container], list[Found], list[Remark]]:
    """The student's folder and the zips in it; the zips that cannot be used; and remarks."""
    containers: list[Container] = [("", {one.path: one for one in loose})]
    unusable, remarks, opened, held = list[Found](), list[Remark](), 0, 0
    queue = [("", one, 1) for one in loose if is_zip(one)]
    while queue and opened < MAX_ZIPS:
        prefix, packed, depth = queue.pop(0)
        opened += 1
        label = prefix + "/".join(packed.path)
        contained = next(files for before, files in containers if before == prefix)
        path = next(path for path, one in contained.items() if one is packed)
        try:
            if held > MAX_MEMBERS // 2:
                raise UnreadableSource(f"the zips before it hold {held:,} files")
            inside = _in_students_zip(packed)
            held += len(inside)
        except UnreadableSource as error:
            text = f"{student}: {shown(label)} cannot be used: {error}."
            remarks.append(Remark(text, Weight.LOST))
            why = f"{shown(label)}, where it may be, cannot be used: {error}"
            unusable.append(refused((label,), why))
        else:
            containers.append((f"{label}/", inside))
            more = ((f"{label}/", one, depth + 1) for one in inside.values() if is_zip(one))
            queue += more if depth < MAX_NESTED else ()
        del contained[path]
    return containers, unusable, remarks


def _nothing_of_it(
    student: str, rest: Mapping[str, Found], bricks: Sequence[str]
) -> tuple[dict[str, Upload], Remark]:
    """The student, if files were handed in and none is a brick: each brick says so."""
    what = "; ".join(_what(label, one) for label, one in list(rest.items())[:NAMED])
    more = f" and {len(rest) - NAMED} more" if len(rest) > NAMED else ""
    why = f"nothing that was handed in is a brick: {what}{more}"
    when = max(one.when for one in rest.values())
    files = {brick: Upload(brick, brick, _refusing(why), when=when, label=what) for brick in bricks}
    return files, Remark(f"{student}: {why}.", Weight.LOST)


def _documents(
    brick: str, rest: Mapping[str, Found], bricks: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Files that bear the brick's name and are of another kind, and what they are."""
    named = (
        (label, one)
        for label, one in rest.items()
        if named_after(one.path[-1], bricks) == brick and not one.refusal
    )
    for label, one in islice(named, NAMED):  # each is read
        with suppress(UnreadableSource):
            if what := something_else(one.read(MAX_ZIP)):
                yield label, what


def _refusing(why: str) -> Callable[[], bytes]:
    def read() -> bytes:
        raise UnreadableSource(why)

    return read


def _what(label: str, found: Found) -> str:
    """The label of a file that is no brick, with its kind if its first bytes show that."""
    try:
        what = something_else(found.read(MAX_ZIP))
    except UnreadableSource as error:
        what = str(error)
    return f"{shown(label)} ({what})" if what else shown(label)


def _nearer(
    brick: str, label: str, containers: Sequence[Container], bricks: Sequence[str]
) -> dict[str, tuple[str, Found]]:
    """The siblings of a brick's file (see Student): by brick, the label and the file."""
    found = {}
    for prefix, contained in containers:
        if not any(prefix + "/".join(path) == label for path in contained if path[0] == brick):
            continue  # the file is not in here, or not in a folder of its brick's name
        for name in bricks[: bricks.index(brick)]:
            first = next((path for path in positions(name, brick) if path in contained), ())
            if len(first) > 1 and first[0] == brick:
                found[name] = prefix + "/".join(first), contained[first]
    return found


def _in_students_zip(packed: Found) -> dict[tuple[str, ...], Found]:
    """The zip's files by path, without a single folder around all of them."""
    files = [one for one in student_zip(packed) if counts(one)]
    wrapped = len({one.path[0] for one in files}) == 1 and all(len(one.path) > 1 for one in files)
    return {one.path[1:] if wrapped else one.path: one for one in files}


def _upload(brick: str, label: str, found: Found) -> Upload:
    notebook = is_notebook_name(found.path[-1])
    name, limit = (f"{brick}.ipynb", MAX_NOTEBOOK) if notebook else (f"{brick}.py", MAX_BYTES)
    return Upload(
        brick,
        name,
        lambda: found.read(limit),
        source_in if notebook else of_either_kind,
        found.when,
        label,
    )


def _not_graded(student: str, rest: dict[str, Found], missing: Sequence[str]) -> Iterator[Remark]:
    """Remarks on files that may be a missing brick; takes these files out of `rest`."""
    names = names_of(missing)
    for label in sorted(rest) if missing else ():
        one = rest[label]
        if one.refusal and (last_part(one) in names or one.folder):
            why = f"{student}: {shown(label)} is not graded: {one.refusal}."
            remark = Remark(why, Weight.LOST)
        elif label.lower().endswith(ARCHIVES):
            remark = Remark(f"{student}: {shown(label)} is not opened: a brick may be in it.")
        else:
            continue
        del rest[label]
        yield remark


def names_of(bricks: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By case-folded file name, the brick that the file is and the name that it must have."""
    return {path[-1].casefold(): (brick, path[-1]) for brick in bricks for path in positions(brick)}


def last_part(found: Found) -> str:
    """The case-folded file name without folders; also for a name in a zip that was refused."""
    parts = [part for part in re.split(r"[/\\:\0]", found.path[-1]) if part]
    return parts[-1].casefold() if parts else ""


def is_zip(found: Found) -> bool:
    return is_zip_name(found.path[-1]) and not found.folder


def counts(found: Found) -> bool:
    """Whether the student handed in the file: not a system's file, nor a mere folder."""
    if not found.path or any(map(is_noise, found.path)):
        return False
    return not found.folder or bool(found.refusal) or is_code(found.path[-1])
