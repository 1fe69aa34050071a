"""people.csv, beside the results: the people of each submission, as its platform names them."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.classroom.spreadsheet import as_text
from grader.files import write_whole
from grader.submissions.people import Person

FILE = "people.csv"
COLUMNS = ("student", "name", "id", "e-mail")


def write_people(folder: Path, people: Mapping[str, Sequence[Person]]) -> None:
    """Adds these submissions to the file; those of earlier gradings stay."""
    rows = {
        student: [_row(student, one) for one in own] for student, own in read_people(folder).items()
    }
    for student, own in people.items():
        if own:  # the names that were read above are text already
            first = as_text(student)
            rows[first] = [tuple(map(as_text, _row(student, one))) for one in own]
    if rows:
        made = io.StringIO(newline="")
        writer = csv.writer(made)
        writer.writerow(COLUMNS)
        writer.writerows(row for own in rows.values() for row in own)
        # A name may hold half a character: a folder's name need not be UTF-8.
        write_whole(folder / FILE, made.getvalue().encode("utf-8", "replace"))


def _row(student: str, one: Person) -> tuple[str, ...]:
    return student, one.name, one.id, one.email


def read_people(folder: Path) -> dict[str, list[Person]]:
    """The people by student, whose name is as `as_text` writes it; {} if there is no file."""
    try:
        with (folder / FILE).open(encoding="utf-8-sig", newline="") as file:
            rows = [{name: row.get(name) or "" for name in COLUMNS} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}
    found: dict[str, list[Person]] = {}
    for row in rows:
        one = Person(row["name"], id=row["id"], email=row["e-mail"])
        found.setdefault(row["student"], []).append(one)
    return found
