"""The clauses of a course's contract, each with the checks that guard it, or a reason for none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.content import read_json
from grader.course import Course

ALL = "*"  # in the file, the clauses of all bricks together


@dataclass(frozen=True)
class Clause:
    """One promise of a brick, with the checks that fail if it is broken, or a reason for none."""

    text: str
    checks: tuple[str, ...]
    reason: str = ""


def clauses(course: Course, brick: str) -> list[Clause]:
    """The brick's clauses in solutions/clauses.json, in order; none if there is no such file."""
    written: Mapping[str, Mapping[str, Sequence[str] | str]] = read_json(clauses_file(course))
    return [
        Clause(text, (), guard) if isinstance(guard, str) else Clause(text, tuple(guard))
        for text, guard in written.get(brick, {}).items()
    ]


def clauses_file(course: Course) -> Path:
    return course.solutions / "clauses.json"


def clauses_table(found: Sequence[Clause]) -> str:
    """The clauses as a table of the kill table; empty where there are none."""
    if not found:
        return ""
    lines = ["| clause | guarded by |", "|---|---|"]
    for clause in found:
        lines.append(f"| {clause.text} | {', '.join(clause.checks) or clause.reason} |")
    return "\n".join([*lines, ""])
