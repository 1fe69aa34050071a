"""Canvas's gradebook CSV.

The format is that of a university's guide
(https://teaching.resources.osu.edu/toolsets/carmencanvas/guides/
calculating-final-grades/import-csv-file-carmen-grades), and of Canvas's own importer
(lib/gradebook_importer.rb in instructure/canvas-lms): columns `Student`, `ID`,
`SIS User ID`, `SIS Login ID`, `Section`, then assignments, a known one as `Title (id)`; a row
`Points Possible` below the header, where `(read only)` marks columns that are not read; a student
is found by ID, then by the SIS columns, then by name. An empty cell takes a mark away, so that a
cell without a mark of ours stays as it was exported.
"""

from pathlib import Path

from grader.course import CourseError
from grader.exports.matching import match
from grader.exports.names import Known
from grader.exports.rows import Row, Rows
from grader.exports.tables import Table, cells, number, number_in, read_table

FILE = "canvas-gradebook.csv"
STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POSSIBLE = "Points Possible"


def filled_gradebook(path: Path, rows: Rows, title: str) -> tuple[Table, list[str]]:
    """Canvas's exported gradebook with marks in the assignment of that title, and notes.

    Only that assignment's column is kept, as Canvas advises. Raises CourseError if it is no
    gradebook, or if it has no such assignment.
    """
    table = read_table(path)
    columns = [table.column(name) for name in STUDENT]
    if columns[0] != 0 or table.column("ID") is None or table.column("Section") is None:
        raise CourseError(
            f"{path} is no gradebook of Canvas: its columns are {', '.join(table.header)}. "
            "In Grades, take `Export`."
        )
    known = [column for column in columns if column is not None]
    last = max(known)
    assignment = _assignment(path, table, title, last)
    students = [line for line in table.rows if _is_student(line)]
    matched = match([_known(line, table) for line in students], [row.known for row in rows.rows])
    lines, place = [], 0
    for line in table.rows:
        if line[0].strip() == POSSIBLE:
            _refuse_other_maximum(path, line[assignment], rows)
        elif _is_student(line):
            points = rows.rows[matched.persons[place]].points if place in matched.persons else None
            place += 1
            if points is not None:
                line = cells(line, {assignment: number(points)})
        lines.append(tuple(line[column] for column in (*range(last + 1), assignment)))
    notes = [
        f"{students[index][0]}: it is not clear which submission is meant; no mark is filled in."
        for index in matched.doubtful
    ]
    having = [index for index, row in enumerate(rows.rows) if row.earned]
    left = [rows.rows[index] for index in matched.without_line(having)]
    notes += [f"{row.name} is not in the gradebook." for row in left]
    header = tuple(table.header[column] for column in (*range(last + 1), assignment))
    return Table(header, tuple(lines), table.bom, table.separator), notes


def _assignment(path: Path, table: Table, title: str, last: int) -> int:
    for column in range(last + 1, len(table.header)):
        head = table.header[column].strip()
        if title.casefold() in (head.casefold(), head.rpartition(" (")[0].casefold()):
            return column
    there = ", ".join(table.header[last + 1 :]) or "none"
    raise CourseError(f"{path} has no assignment {title!r}; there are {there}. Name it by --title.")


def _refuse_other_maximum(path: Path, cell: str, rows: Rows) -> None:
    maximum = number_in(cell)
    if maximum is not None and maximum != rows.maximum:
        raise CourseError(
            f"{path}: the assignment has {number(maximum)} points, and the marks are out of "
            f"{number(rows.maximum)}: write `maximum = {number(maximum)}` into course.toml, or "
            "change the assignment in Canvas."
        )


def _is_student(line: tuple[str, ...]) -> bool:
    """Whether the row is a student's, and not that of possible points or of posting policies."""
    return bool(line[0].strip()) and line[0].strip() != POSSIBLE


def _known(line: tuple[str, ...], table: Table) -> Known:
    columns = [table.column(name) for name in ("ID", "SIS User ID", "SIS Login ID")]
    ids = [line[column].strip() if column is not None else "" for column in columns]
    return Known(line[0], ids[0], aliases=tuple(filter(None, ids)))


def new_gradebook(rows: Rows, title: str) -> tuple[Table, list[str]]:
    """A gradebook with one new assignment, and a line for each mark; and notes.

    An id that is a number counts as Canvas's own, and any other as the SIS id.
    """
    header = (*STUDENT, title)
    possible = (f"    {POSSIBLE}", "", "", "", "", number(rows.maximum))
    lines = [possible, *(_line(row, row.points) for row in rows.rows if row.points is not None)]
    return Table(header, tuple(lines)), []


def _line(row: Row, points: float) -> tuple[str, ...]:
    own, sis = (row.id, "") if row.id.isdecimal() else ("", row.id)
    return row.name, own, sis, row.email, "", number(points)
