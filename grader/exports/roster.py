"""students.csv: who is in the class, under which folder, and with whom they hand in."""

from dataclasses import dataclass
from pathlib import Path

from grader.course import CourseError
from grader.exports.names import Known
from grader.exports.tables import Table, read_table

FILE = "students.csv"
NAMES = {
    "id": ("id", "student id", "student_id"),
    "name": ("name", "full name", "student"),
    "first": ("first_name", "first name"),
    "last": ("last_name", "last name"),
    "email": ("e-mail", "email", "email address"),
    "folder": ("folder", "alias"),
    "group": ("group",),
}


@dataclass(frozen=True)
class Entry:
    """A line of the roster.

    folders: names under which the student's work was handed in; whoever shares one has handed in
        together.
    group: a group whose name may be that of a folder; its members have handed in together.
    """

    name: str
    id: str = ""
    email: str = ""
    folders: tuple[str, ...] = ()
    group: str = ""

    @property
    def known(self) -> Known:
        return Known(self.name, self.id, self.email, self.folders)


def read_roster(path: Path) -> list[Entry]:
    """The students of the file, which needs a column `name` or `id`; others may be there.

    nbgrader's columns id, first_name, last_name, email are read as well. Raises CourseError.
    """
    table = read_table(path)
    columns = {field: table.column(*names) for field, names in NAMES.items()}
    if columns["name"] is None and columns["last"] is None and columns["id"] is None:
        found = ", ".join(table.header)
        raise CourseError(f"{path} has no column `name` or `id`: its columns are {found}.")
    entries = [_entry(table, row, columns) for row in table.rows]
    taken: dict[str, str] = {}
    for entry in entries:
        if entry.id and entry.id in taken:
            raise CourseError(
                f"{path}: {taken[entry.id]} and {entry.name} have the same id, {entry.id}."
            )
        taken[entry.id] = entry.name
    return entries


def _entry(table: Table, row: tuple[str, ...], columns: dict[str, int | None]) -> Entry:
    def cell(field: str) -> str:
        column = columns[field]
        return "" if column is None else row[column].strip()

    name = cell("name") or f"{cell('first')} {cell('last')}".strip() or cell("id")
    folders = tuple(filter(None, map(str.strip, cell("folder").split(";"))))
    return Entry(name, cell("id"), cell("email"), folders, cell("group"))
