"""students.csv: the students of the class, with their folders and groups."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course import CourseError
from grader.exports.names import Known, plain
from grader.exports.tables import Table, read_table
from grader.submissions.find import Class, Student
from grader.submissions.people import Person

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

    folders: names of the student's submissions; students who share one have handed in together.
    group: if a submission has its name, its members have handed in together.
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
    """The students of the file, which needs a column `name` or `id`; other columns are optional.

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


def with_roster(found: Class, folder: Path) -> Class:
    """The class, with ids and e-mails of students.csv if the platform gave none."""
    path = folder / FILE
    if not path.is_file():
        return found
    entries = read_roster(path)
    students = [replace(each, people=_people(each, entries)) for each in found.students]
    return replace(found, students=students)


def _people(student: Student, entries: Sequence[Entry]) -> tuple[Person, ...]:
    """The people of a submission: those that the platform names, else those of the roster."""
    name = plain(student.name)
    if not student.people:
        keys = [e for e in entries if name in map(plain, filter(None, (*e.folders, e.group, e.id)))]
        own = keys or _only(entries, name)
        return tuple(Person(entry.name, id=entry.id, email=entry.email) for entry in own)
    return tuple(_filled(person, _only(entries, plain(person.name))) for person in student.people)


def _only(entries: Sequence[Entry], name: str) -> list[Entry]:
    """The entry with that name, in a list; empty if several have it."""
    found = [entry for entry in entries if plain(entry.name) == name]
    return found if len(found) == 1 else []


def _filled(person: Person, own: Sequence[Entry]) -> Person:
    [entry] = own or [Entry(person.name)]
    return replace(person, id=person.id or entry.id, email=person.email or entry.email)
