"""What is to be said of what was handed in: first what is not graded, last what is harmless."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from grader.files import write_whole

NAMED = 3  # files that a line on the terminal names before it only counts
LISTED = 1_000  # and in the file: some hand in all of their system


class Weight(IntEnum):
    """How much a remark matters; the first come first."""

    LOST = 0  # somebody meant it to be graded, and it is not
    ODD = 1  # needs an eye
    HARMLESS = 2


@dataclass(frozen=True)
class Remark:
    """A sentence. `whole` says all where `text`, for the terminal, only counts."""

    text: str
    weight: Weight = Weight.ODD
    whole: str = ""


def write(remarks: Sequence[Remark], path: Path) -> None:
    """All of them, a line each. Where there is none, there is no file."""
    if remarks:
        lines = [f"{remark.whole or remark.text}\n" for remark in remarks]
        write_whole(path, "".join(lines))
    else:
        path.unlink(missing_ok=True)


def ignored(student: str, names: Iterable[str]) -> Remark:
    """Files that nobody asked for."""
    found = [shown(name) for name in sorted(names)]

    def naming(most: int) -> str:
        more = f" (and {len(found) - most} more)" if len(found) > most else ""
        return f"{student}: ignored {', '.join(found[:most])}{more}."

    return Remark(naming(NAMED), Weight.HARMLESS, naming(LISTED))


def alike(students: Iterable[str]) -> list[Remark]:
    """Names that look the same, or differ only in case."""
    names: dict[str, list[str]] = {}
    for name in students:
        names.setdefault(unicodedata.normalize("NFC", name.casefold()), []).append(name)
    return [
        Remark(f"{' and '.join(same)} {_how(same)}: both are graded; are they one student?")
        for same in names.values()
        if len(same) > 1
    ]


def _how(same: Sequence[str]) -> str:
    only_case = len({name.casefold() for name in same}) == 1
    return "differ only in case" if only_case else "look the same"


def shown(name: str, most: int = 80) -> str:
    """A name from outside as it can be printed: control characters spelled out, not too long."""
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)
    return text if len(text) <= most else f"{text[:most]}..."
