"""Finds the student of each file by the names that learning platforms and nbgrader give files."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from grader.regular_file import UnreadableSource
from grader.submissions.archive import Found, refused
from grader.submissions.names import HIDDEN, NOISE, is_zip_name, may_be_code
from grader.submissions.people import MAX_METADATA, METADATA, Person, submitters, together
from grader.submissions.remarks import shown

MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(file|onlinetext)(_(?P<file>.*))?$"
)
CANVAS = re.compile(
    r"(?:(?P<name>\w+?)_)?(?:LATE_)?(?P<id>\d+|anon_[^\W_]+)_(?P<upload>\d{1,20})_(?P<file>.+)$"
)
CANVAS_AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<again>\d{1,9}))?(?P<suffix>\.\w+)$")
BLACKBOARD = re.compile(
    r".+?_(?P<id>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<about>\.txt))$"
)
BLACKBOARD_NAME = re.compile(
    rb"^Name:[ \t]*(?P<name>[^\r\n]*?)[ \t]*(?:\([^()\r\n]*\))?[ \t]*\r?$", re.M
)
BRIGHTSPACE = re.compile(
    r"(?P<id>\d+-\d+) - (?P<name>.+?) - (?P<time>[^-]*\d{4}[^-]*?)(?: - (?P<file>.+))?$"
)
BRIGHTSPACE_TIMES = ("%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p", "%d %B, %Y %H%M", "%d %b, %Y %H%M")
ILIAS = re.compile(r"(?P<last>[^_]+)_(?P<first>[^_]+)_(?P<login>[^_]+)_(?P<id>\d+)$")
GRADESCOPE = re.compile(r"submission_\d+$")
VERSION = re.compile(r"version (?P<number>\d{1,9})$", re.IGNORECASE)  # Teams
MAX_ABOUT = 100_000  # bytes of Blackboard's file about a submission


def by_student(
    found: Sequence[Found],
) -> tuple[dict[str, tuple[tuple[Person, ...], list[Found]]], list[Found]]:
    """By student, the people and the files, with paths below the student's folder.

    Also returns the files that belong to no student.
    """
    owned: dict[_Owner, list[Found]] = {}
    uploads: dict[_Owner, list[tuple[re.Match[str], Found]]] = {}
    attempts: dict[str, list[tuple[re.Match[str], Found]]] = {}
    ownerless = []
    groups = _submitters(found)
    made_by = _maker(found)

    def named(pattern: re.Pattern[str], top: str) -> re.Match[str] | None:
        """The match of a platform's pattern, unless another platform made the class's names."""
        own = made_by is None or pattern is made_by or not made_by.match(top)
        return pattern.match(top) if own else None

    for one in found:
        top, *rest = one.path
        flat = not rest and not one.folder
        if top in NOISE or (flat and HIDDEN.match(top)):
            continue
        moodle = named(MOODLE, top)
        if moodle and not (flat and not moodle["file"]):
            below = tuple(rest) if not flat else (moodle["file"],)
            owner = _Owner.of(Person(moodle["name"], "moodle", moodle["id"]))
            owned.setdefault(owner, []).append(replace(one, path=below))
        elif flat and (blackboard := named(BLACKBOARD, top)):
            attempts.setdefault(blackboard["id"], []).append((blackboard, one))
        elif (space := named(BRIGHTSPACE, top)) and not (flat and not space["file"]):
            below = tuple(rest) if not flat else (space["file"],)
            owner = _Owner.of(Person(space["name"], "brightspace", space["id"].split("-")[0]))
            when = _time(space["time"], BRIGHTSPACE_TIMES) or one.when
            owned.setdefault(owner, []).append(replace(one, path=below, when=when))
        elif not flat and (ilias := ILIAS.match(top)):
            name = f"{ilias['first']} {ilias['last']}"
            owner = _Owner.of(Person(name, "ilias", ilias["id"]))
            owned.setdefault(owner, []).append(replace(one, path=tuple(rest)))
        elif not flat:
            people = groups.get(top, ())
            owner = _Owner(together(people), top, people) if people else _Owner(top)
            owned.setdefault(owner, []).append(replace(one, path=tuple(rest)))
        elif canvas := named(CANVAS, top):
            name = canvas["name"] or canvas["id"]
            owner = _Owner.of(Person(name, "canvas", canvas["id"]))
            uploads.setdefault(owner, []).append((canvas, one))
        elif not (attempts and top.lower().endswith(".txt")) and top.lower() != "index.html":
            ownerless.append(one)
    for owner, several in uploads.items():
        owned.setdefault(owner, []).extend(_latest(several))
    for login, several in attempts.items():
        owner, own = _last_attempt(login, several)
        owned.setdefault(owner, []).extend(own)
    owned = {owner: _last_version(_newest(own)) for owner, own in owned.items()}
    names = {owner: own for owner, own in owned.items() if _is_name(owner.name)}
    others = sorted({owner.name for owner in owned.keys() - names.keys()})
    ownerless += (refused((name,), "it is no student's name", folder=True) for name in others)
    return _named(names), ownerless


def _maker(found: Sequence[Found]) -> re.Pattern[str] | None:
    """The pattern of the platform that made the files' names; None if none did.

    A platform writes the start of each name, and a student the end. That end may look like a name
    of another platform, with another student in it. Only the right pattern matches all names.
    """
    patterns = (MOODLE, BLACKBOARD, BRIGHTSPACE, CANVAS)
    flat = [one.path[0] for one in found if len(one.path) == 1 and not one.folder]
    many = {pattern: sum(map(bool, map(pattern.match, flat))) for pattern in patterns}
    most = max(patterns, key=lambda pattern: many[pattern])
    return most if many[most] else None


def names_its_student(path: Sequence[str]) -> bool:
    """Whether a platform made the name, so that it has the student's name in it."""
    flat = "/".join(path)
    flat_names = (CANVAS, BLACKBOARD)
    return (
        any(pattern.match(path[0]) for pattern in (MOODLE, BRIGHTSPACE))
        or any(pattern.match(flat) for pattern in flat_names)
        or (len(path) > 1 and GRADESCOPE.match(path[0]) is not None)
    )


def without_platform_folders(found: Sequence[Found]) -> list[Found]:
    """The files without the folders that a platform puts around its students' folders.

    ILIAS: `Exercise 1/Abgaben/Lovelace_Ada_ada_123/`. Gradescope, unpacked: `assignment_1_export/`.
    """
    made = (_in_ilias, _in_gradescope)
    for position in made:
        depths = {position(one.path) for one in found} - {None}
        if depths:
            [*_, depth] = sorted(depth for depth in depths if depth is not None)
            around = {one.path[:depth] for one in found if position(one.path) == depth}
            if not any(_is_outside(one, around, depth) for one in found):
                inside = (one for one in found if one.path[:depth] in around)
                return [
                    replace(one, path=one.path[depth:]) for one in inside if len(one.path) > depth
                ]
    return list(found)


def _is_outside(found: Found, around: Collection[tuple[str, ...]], depth: int) -> bool:
    """Whether there is work outside of the folders `around`, or in no student's folder.

    Then a student gave a folder a name that looks like a platform's.
    """
    name = found.path[-1]
    work = not found.folder and (may_be_code(name) or is_zip_name(name))
    return work and (found.path[:depth] not in around or len(found.path) == depth + 1)


def _in_ilias(path: Sequence[str]) -> int | None:
    """How many folders are around the student's; None if no name in the path is ILIAS's."""
    places = [n for n, part in enumerate(path[:-1]) if n and ILIAS.match(part)]
    return places[0] if places else None


def _in_gradescope(path: Sequence[str]) -> int | None:
    places = [n for n, part in enumerate(path[:-1]) if GRADESCOPE.match(part)]
    return places[0] if places else None


def _submitters(found: Sequence[Found]) -> Mapping[str, tuple[Person, ...]]:
    """By folder, the people who handed it in, from Gradescope's metadata beside the folders."""
    if not any(GRADESCOPE.match(one.path[0]) for one in found):
        return {}
    for one in found:
        if one.path == (METADATA,):
            with suppress(UnreadableSource):
                return submitters(one.read(MAX_METADATA))
    return {}


def _is_name(name: str) -> bool:
    """Whether a folder can have the name, and the name does not lead out of the class's folder."""
    return name not in (".", "..") and "/" not in name


@dataclass(frozen=True)
class _Owner:
    """The student of a top folder or file. identity: differs between students of one name."""

    name: str
    identity: str = ""
    people: tuple[Person, ...] = ()

    @classmethod
    def of(cls, person: Person) -> "_Owner":
        return cls(person.name, person.id, (person,))


def _latest(uploads: Sequence[tuple[re.Match[str], Found]]) -> Iterator[Found]:
    """Canvas: the latest of `neuron.py`, `neuron-1.py` and so on, under the name `neuron.py`."""

    def when(upload: tuple[re.Match[str], Found]) -> tuple[int, int]:
        again = CANVAS_AGAIN.match(upload[0]["file"])
        return int((again and again["again"]) or 0), int(upload[0]["upload"])

    taken = set()
    for match, one in sorted(uploads, key=when, reverse=True):
        again = CANVAS_AGAIN.match(match["file"])
        name = again["stem"] + again["suffix"] if again else match["file"]
        if name not in taken:
            yield replace(one, path=(name,))
        taken.add(name)


def _last_attempt(
    login: str, attempts: Sequence[tuple[re.Match[str], Found]]
) -> tuple[_Owner, list[Found]]:
    """Blackboard: the files of the last attempt, and the name that its text file gives."""
    last = max(match["time"] for match, _ in attempts)
    when = _time(last, ("%Y-%m-%d-%H-%M-%S",))
    name, files = "", []
    for match, one in attempts:
        if match["about"]:
            with suppress(UnreadableSource):
                said = BLACKBOARD_NAME.search(one.read(MAX_ABOUT))
                name = said["name"].decode("utf-8", "replace") if said else name
        elif match["time"] == last:
            files.append(replace(one, path=(match["file"],), when=when or one.when))
    person = Person(name or login, "blackboard", login)
    return _Owner.of(person), files


def _newest(files: Sequence[Found]) -> list[Found]:
    """The newest file of each path; a path may have been handed in several times."""
    newest: dict[tuple[str, ...], Found] = {}
    for one in files:
        if one.path not in newest or one.when > newest[one.path].when:
            newest[one.path] = one
    return list(newest.values())


def _last_version(files: list[Found]) -> list[Found]:
    """Teams: of folders `Version 1`, `Version 2` ... only the last counts."""
    numbered = [(VERSION.match(one.path[0]) if len(one.path) > 1 else None, one) for one in files]
    numbers = [int(match["number"]) for match, _ in numbered if match]
    return [
        replace(one, path=one.path[1:]) if match else one
        for match, one in numbered
        if not match or int(match["number"]) == max(numbers)
    ]


def _time(text: str, forms: Sequence[str]) -> float:
    for form in forms:
        with suppress(ValueError, OverflowError):
            return datetime.strptime(text, form).timestamp()
    return 0.0


def _named(
    owned: Mapping[_Owner, list[Found]],
) -> dict[str, tuple[tuple[Person, ...], list[Found]]]:
    """By student, in order: each name is made unique and printable."""
    times = Counter(owner.name for owner in owned)
    result: dict[str, tuple[tuple[Person, ...], list[Found]]] = {}
    for owner in sorted(owned, key=lambda owner: (owner.name, owner.identity)):
        same = times[owner.name] > 1 and owner.identity
        name = base = shown(f"{owner.name}_{owner.identity}" if same else owner.name, 200)
        number = 1
        while name in result:
            number += 1
            name = f"{base} ({number})"
        result[name] = owner.people, owned[owner]
    return result
