"""Who a submission is from, as its platform said when it was collected."""

import csv
from collections.abc import Mapping
from pathlib import Path

from grader.classroom.journal import GRADES
from grader.exports.names import Known

BETWEEN = ";"  # of several who handed in together


def people_of(folder: Path) -> Mapping[str, tuple[Known, ...]]:
    """By student as grades.csv writes it, the ids and e-mails in its columns; {} without them."""
    try:
        with (folder / GRADES).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}
    return {row["student"]: _people(row) for row in rows if row.get("student")}


def _people(row: Mapping[str, str | None]) -> tuple[Known, ...]:
    ids = _several(row.get("id") or "")
    emails = _several(row.get("e-mail") or row.get("email") or "")
    names = _several(row.get("name") or "")
    many = max(len(ids), len(emails), len(names))
    return tuple(Known(_nth(names, n), _nth(ids, n), _nth(emails, n)) for n in range(many))


def _several(cell: str) -> list[str]:
    return [each.strip() for each in cell.split(BETWEEN)] if cell.strip() else []


def _nth(values: list[str], n: int) -> str:
    return values[n] if n < len(values) else ""
