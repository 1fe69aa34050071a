"""Which student a file belongs to, by the names of Moodle, Canvas, Gradescope and nbgrader."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.submissions.archive import Found, refused
from grader.submissions.remarks import shown

# Files that systems leave behind; no student means to hand them in.
HIDDEN = re.compile(r"\.[^.\\]")
NOISE = {"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "submission_metadata.yml"}

MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(file|onlinetext)(_(?P<file>.*))?$")
CANVAS = re.compile(
    r"(?:(?P<name>\w+?)_)?(?:LATE_)?(?P<id>\d+|anon_[^\W_]+)_(?P<upload>\d{1,20})_(?P<file>.+)$"
)
CANVAS_AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<again>\d{1,9}))?(?P<suffix>\.\w+)$")


def by_student(found: Sequence[Found]) -> tuple[dict[str, list[Found]], list[Found]]:
    """Each student's files, with paths below the student's folder; and the files of no student."""
    owned: dict[_Owner, list[Found]] = {}
    uploads: dict[_Owner, list[tuple[re.Match[str], Found]]] = {}
    ownerless = []
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
            ownerless.append(one)
    for owner, several in uploads.items():
        owned.setdefault(owner, []).extend(_latest(several))
    names = {owner: own for owner, own in owned.items() if _is_name(owner.name)}
    others = sorted({owner.name for owner in owned.keys() - names.keys()})
    ownerless += (refused((name,), "it is no student's name", folder=True) for name in others)
    return _named(names), ownerless


def names_its_student(path: Sequence[str]) -> bool:
    """Whether a platform made the name, which then has the student's name in it."""
    return bool(MOODLE.match(path[0]) or CANVAS.match("/".join(path)))


def _is_name(name: str) -> bool:
    """Whether a folder can have the name, and the name does not lead out of the class's folder."""
    return name not in (".", "..") and "/" not in name


def is_noise(name: str) -> bool:
    return name in NOISE or HIDDEN.match(name) is not None


@dataclass(frozen=True)
class _Owner:
    """The student of a top folder or file. `identity` differs between students of one name."""

    name: str
    identity: str = ""


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
    """By student, in order: each name is made unique and printable."""
    times = Counter(owner.name for owner in owned)
    result: dict[str, list[Found]] = {}
    for owner in sorted(owned, key=lambda owner: (owner.name, owner.identity)):
        same = times[owner.name] > 1 and owner.identity
        name = base = shown(f"{owner.name}_{owner.identity}" if same else owner.name, 200)
        number = 1
        while name in result:
            number += 1
            name = f"{base} ({number})"
        result[name] = owned[owner]
    return result
