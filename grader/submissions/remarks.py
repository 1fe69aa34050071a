"""Remarks for the instructor on files that are not graded, or look odd."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from grader.files import write_whole
from grader.printable import INVISIBLE, READ, without_piles
from grader.submissions.lookalikes import looks

NAMED = 3  # files that a remark names on the terminal; it counts the others
OF_ONE = 6  # remarks on one student on the terminal, so that those on others can be seen
LISTED = 1_000  # files that a remark names in remarks.txt: some students hand in a whole system


class Weight(IntEnum):
    """How much a remark matters, the gravest first."""

    LOST = 0  # the student meant it to be graded, and it is not
    ODD = 1  # the instructor should look at it
    HARMLESS = 2


@dataclass(frozen=True)
class Remark:
    """A sentence for the terminal; `in_full` names the files that `text` only counts."""

    text: str
    weight: Weight = Weight.ODD
    in_full: str = ""


def write(remarks: Sequence[Remark], path: Path) -> None:
    """Writes the remarks to the file, a line each; removes the file if there are none."""
    if remarks:
        lines = [f"{remark.in_full or remark.text}\n" for remark in remarks]
        write_whole(path, "".join(lines).encode("utf-8", "replace"))
    else:
        path.unlink(missing_ok=True)


def ignored(student: str, names: Iterable[str]) -> Remark:
    """The remark on files that no brick needs."""
    found = [shown(name) for name in sorted(names)]

    def naming(most: int) -> str:
        more = f" (and {len(found) - most} more)" if len(found) > most else ""
        return f"{student}: ignored {', '.join(found[:most])}{more}."

    return Remark(naming(NAMED), Weight.HARMLESS, naming(LISTED))


def some(student: str, remarks: Iterable[Remark]) -> list[Remark]:
    """The gravest remarks on a student, and one that counts the others."""
    every = sorted(remarks, key=lambda remark: remark.weight)
    kept, others = every[:OF_ONE], every[OF_ONE:]
    if not others:
        return every
    texts = [remark.in_full or remark.text for remark in others[:LISTED]]
    return [
        *kept,
        Remark(f"{student}: and {len(others)} remarks more.", others[0].weight, "\n".join(texts)),
    ]


def alike(students: Iterable[str]) -> list[Remark]:
    """Remarks on students' names that look the same, or differ only in case."""
    names: dict[str, list[str]] = {}
    for name in students:
        names.setdefault(looks(name), []).append(name)
    return [
        Remark(f"{' and '.join(same)} {_how(same)}: both are graded; are they one student?")
        for same in names.values()
        if len(same) > 1
    ]


def _how(same: Sequence[str]) -> str:
    only_case = len({name.lower() for name in same}) == 1
    return "differ only in case" if only_case else "look the same"


def shown(name: str, most: int = 80) -> str:
    """A student's name for a file, with invisible characters escaped, and cut if it is long."""
    text = "".join(
        c if c.isprintable() and not INVISIBLE.match(c) else f"\\x{ord(c):02x}"
        for c in without_piles(name[: READ + most])
    )
    return text if len(text) <= most else f"{text[:most]}..."
