"""Moodle's grading worksheet, and its zip of feedback files.

Both are feedback types of an assignment: https://docs.moodle.org/401/en/Assignment_settings
("Offline grading worksheet", "Feedback files"). How Moodle reads them back is in its source:
mod/assign/feedback/offline/importgradeslib.php takes the number at the end of `Identifier`,
`Grade` and `Last modified (grade)`, and feedback by the title of its column, and locallib.php
leaves out a grade above the maximum; mod/assign/feedback/file/importziplib.php takes folders
`<full name>_<participant>_<plugin type>_<plugin>`, split at each underscore.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from grader.course import CourseError
from grader.exports.matching import match
from grader.exports.names import Known
from grader.exports.rows import Row, Rows
from grader.exports.tables import Table, cells, number, number_in, read_table
from grader.files import write_whole

WORKSHEET, FEEDBACK = "moodle-worksheet.csv", "moodle-feedback.zip"
# The columns that Moodle reads, and those that people look at.
COLUMNS = (
    *("Identifier", "Full name", "Email address", "Grade", "Maximum grade"),
    *("Last modified (grade)", "Feedback comments"),
)
IDENTIFIER = re.compile(r"\D*(\d+)$")
UNSAFE = re.compile(r'[\\/:*?"<>|_\x00-\x1f]+')
FIRST = (1980, 1, 1, 0, 0, 0)  # a zip of the same pages is the same file


def participant(identifier: str) -> str:
    """The number in "Participant 1234"; empty if there is none."""
    found = IDENTIFIER.fullmatch(identifier.strip())
    return found[1] if found else ""


def filled_worksheet(path: Path, rows: Rows) -> tuple[Table, list[Row], list[str]]:
    """The instructor's downloaded worksheet with marks and comments, in whatever language.

    Returns the rows that were put into it, with their participant's numbers, and notes. Raises
    CourseError if it is no worksheet, or if its maximum is not that of the marks: Moodle would drop
    such marks without a word.
    """
    table = read_table(path)
    grade, most = _grade_columns(table)
    comment = _comment_column(table)
    if grade is None or most is None or not all(participant(row[0]) for row in table.rows):
        raise CourseError(
            f"{path} is no grading worksheet of Moodle: its columns are {', '.join(table.header)}. "
            "In the assignment, take `Download grading worksheet`."
        )
    matched = match([_known(line) for line in table.rows], [row.known for row in rows.rows])
    filled, taken = [], []
    for index, line in enumerate(table.rows):
        row = rows.rows[matched.persons[index]] if index in matched.persons else None
        if row is None or row.earned is None:
            filled.append(line)
            continue
        taken.append(Row(line[1], participant(line[0]), _email(line), row.group, row.earned))
        if row.points is None:
            filled.append(line)
            continue
        if (maximum := number_in(line[most])) is not None and maximum != row.earned.maximum:
            raise CourseError(
                f"{path}: the maximum grade is {number(maximum)}, and the marks are out of "
                f"{number(row.earned.maximum)}: write `maximum = {number(maximum)}` into "
                "course.toml, or change the assignment in Moodle."
            )
        filled.append(cells(line, {grade: _grade(row), comment: comment_on(row)}))
    notes = _above(taken)
    notes += [
        f"{table.rows[index][1]}: it is not clear which submission is meant; no grade is filled in."
        for index in matched.doubtful
    ]
    having = [index for index, row in enumerate(rows.rows) if row.earned]
    left = [rows.rows[index] for index in matched.without_line(having)]
    notes += [f"{row.name} is not in the worksheet." for row in left]
    return Table(table.header, tuple(filled), table.bom, table.separator), taken, notes


def _grade_columns(table: Table) -> tuple[int | None, int | None]:
    """The columns of the grade and of the maximum, which stands right of it."""
    grade, most = table.column("Grade"), table.column("Maximum grade")
    if grade is not None and most is not None:
        return grade, most
    for column in range(2, len(table.header)):  # in another language, by the cells' content
        highest = {number_in(row[column]) for row in table.rows}
        left = {row[column - 1].strip() for row in table.rows}
        is_number = len(highest) == 1 and None not in highest
        if is_number and all(text in ("", "-") or number_in(text) is not None for text in left):
            return column - 1, column
    return None, None


def _comment_column(table: Table) -> int | None:
    """The column of feedback comments, which is the last one unless the worksheet names it."""
    named = table.column("Feedback comments")
    last = len(table.header) - 1
    return named if named is not None else last if "omment" in table.header[last] else None


def _email(line: Sequence[str]) -> str:
    return next((cell for cell in line[2:] if "@" in cell and " " not in cell.strip()), "")


def _known(line: Sequence[str]) -> Known:
    return Known(line[1], participant(line[0]), _email(line))


def new_worksheet(rows: Rows) -> tuple[Table, list[Row], list[str]]:
    """A worksheet of the rows with a known participant's number. Raises CourseError if none has."""
    have = [row for row in rows.rows if participant(row.id) == row.id and row.id]
    if not have:
        raise CourseError(
            "No participant's number is known: download the grading worksheet from Moodle, and "
            "name it with --worksheet."
        )
    lines = tuple(
        (
            f"Participant {row.id}", row.name, row.email,
            _grade(row), number(rows.maximum), "", comment_on(row),
        )
        for row in have
    )  # fmt: skip
    others = [row for row in rows.rows if row not in have and row.earned]
    notes = [f"{row.name} is left out: no participant's number is known." for row in others]
    return Table(COLUMNS, lines), have, [*_above(have), *notes]


def _grade(row: Row) -> str:
    """The grade, at most the maximum: Moodle drops larger ones."""
    if row.points is None or row.earned is None:
        return ""
    return number(min(row.points, row.earned.maximum))


def _above(rows: Iterable[Row]) -> list[str]:
    return [
        f"{row.name} has {number(row.points)} of {number(row.earned.maximum)}: the maximum is "
        "filled in, since Moodle takes no more."
        for row in rows
        if row.earned and row.points is not None and row.points > row.earned.maximum
    ]


def comment_on(row: Row) -> str:
    """The comment on a mark as HTML, as Moodle shows it; it cannot be taken for a formula."""
    if row.points is None or row.earned is None:
        return ""
    total = f"{number(row.points)} of {number(row.earned.maximum)}."
    nothing_of = row.earned.nothing_of
    parts = [
        f"{one.brick} {number(one.points)} of {number(one.maximum)}"
        + (f" ({nothing_of[one.brick]})" if one.brick in nothing_of else "")
        for one in row.earned.mark.bricks
        if len(row.earned.mark.bricks) > 1 and one.brick in {r.brick for r in row.earned.reports}
    ]
    said = [f"{', '.join(parts)}."] if len(parts) > 1 else []
    return html.escape(" ".join([total, *said, *row.earned.reasons]), quote=False)


def feedback_zip(rows: Iterable[Row], pages: Mapping[str, Path]) -> tuple[bytes, int]:
    """The zip of all persons' pages, and how many there are.

    pages: by submission.
    """
    made, many = io.BytesIO(), 0
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for row in rows:
            page = pages.get(row.earned.submission) if row.earned else None
            if page is None or not row.id:
                continue
            folder = f"{_folder(row.name)}_{row.id}_assignsubmission_file"
            member = zipfile.ZipInfo(f"{folder}/feedback{page.suffix}", FIRST)
            member.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(member, page.read_bytes())
            many += 1
    return made.getvalue(), many


def _folder(name: str) -> str:
    """The name without separators and signs of paths; Moodle reads only the number after it."""
    return UNSAFE.sub(" ", name).strip(" .")[:100] or "student"


def write_feedback(path: Path, rows: Iterable[Row], pages: Mapping[str, Path]) -> int:
    content, many = feedback_zip(rows, pages)
    write_whole(path, content)
    return many
