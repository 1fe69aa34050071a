"""`bricks export`: makes the files that a platform reads from the folder of results."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.classreport.results import Results, read_results
from grader.classroom.people import read_people
from grader.course import Course, CourseError
from grader.exports import canvas, junit, moodle, spreadsheet, stored_results
from grader.exports.formats import FORMATS
from grader.exports.names import Known
from grader.exports.pages import pages_of
from grader.exports.roster import FILE as ROSTER
from grader.exports.roster import read_roster
from grader.exports.rows import Rows, earned, rows_of
from grader.exports.tables import Table, write_table
from grader.files import write_whole
from grader.language import number_of
from grader.marks.rules import Rules, rules_of
from grader.printable import printable
from grader.report.report import Status

TITLE = "Bricks"
NOTES = 12  # on the terminal


@dataclass(frozen=True)
class Order:
    """The options of an export.

    results: the folder that `bricks grade` wrote; the exported files go there too.
    roster: a students.csv; None: the course's own, if it has one.
    worksheet: the instructor's download: Moodle's worksheet, or Canvas's gradebook.
    pages: the folder that `bricks feedback` wrote, for Moodle's zip.
    brick: the only brick that counts; empty: the mark of all.
    title: that of the assignment in Canvas.
    """

    results: Path
    platform: str
    roster: Path | None = None
    worksheet: Path | None = None
    pages: Path | None = None
    brick: str = ""
    title: str = ""


def export(console: Console, course: Course, order: Order) -> None:
    """Writes the files and says what they are. Raises CourseError."""
    rules = rules_of(course)
    results = read_results(order.results)
    platform = order.platform or rules.platform
    if platform not in FORMATS:
        there = f", and course.toml says {platform!r}" if platform else ""
        raise CourseError(f"Say where the marks go: --for {', '.join(FORMATS)}{there}.")
    if order.worksheet and platform not in ("moodle", "canvas"):
        raise CourseError(f"--worksheet is for moodle and canvas, not for {platform}.")
    if order.pages and platform != "moodle":
        raise CourseError(f"--feedback is for moodle, not for {platform}.")
    if order.brick and order.brick not in results.bricks:
        raise CourseError(f"Nobody's {order.brick} is graded in {order.results}.")
    if platform == "junit":
        every = (report for student in results.students for report in results.of_student(student))
        _written(console, order.results / junit.FILE, junit.junit(every))
        return
    rows = all_rows(course, order, results, rules)
    bricks = [order.brick] if order.brick else list(results.bricks)
    if platform == "csv":
        header, lines = spreadsheet.spreadsheet(rows, bricks)
        write_table(order.results / spreadsheet.FILE, header, lines, bom=True)
        _said(console, [f"{order.results / spreadsheet.FILE}: {_people(rows)}."])
        _notes(console, rows.notes)
    elif platform == "gradescope":
        content, many = stored_results.stored_results(rows.rows, rules)
        _written(console, order.results / stored_results.FILE, content, f"marks of {many}")
        _notes(console, rows.notes)
    elif platform == "canvas":
        export_canvas(console, order, rows)
    else:
        export_moodle(console, order, rows, results)


def all_rows(course: Course, order: Order, results: Results, rules: Rules) -> Rows:
    """A row for each person of the class."""
    path = order.roster or course.root / ROSTER
    roster = read_roster(path) if order.roster or path.is_file() else []
    submissions = [earned(results, student, rules, order.brick) for student in results.students]
    people = {
        student: [Known(one.name, one.id, one.email) for one in own]
        for student, own in read_people(order.results).items()
    }
    made = rows_of(submissions, roster, people)
    without = [
        f"{one.submission} has no mark: {one.why_none}."
        for one in submissions
        if one.why_none not in ("", Status.NOT_HANDED_IN.value)
    ]
    lost = [
        f"{one.submission}: {brick} counts 0, since it is {why}."
        for one in submissions
        for brick, why in one.nothing_of.items()
        if not one.why_none and why == Status.NOT_USABLE.value
    ]
    return Rows(made.rows, (*lost, *without, *made.notes))


def export_canvas(console: Console, order: Order, rows: Rows) -> None:
    title = order.title or order.brick or TITLE
    if order.worksheet:
        table, notes = canvas.filled_gradebook(order.worksheet, rows, title)
    else:
        table, notes = canvas.new_gradebook(rows, title)
    path = order.results / canvas.FILE
    write_table(path, table.header, table.rows, table.bom, table.separator)
    _said(console, [f"{path}: {_marks(rows, f' for {table.header[-1]!r}')}."])
    _notes(console, [*rows.notes, *notes])
    console.print("In Canvas: Grades, then Import.")


def export_moodle(console: Console, order: Order, rows: Rows, results: Results) -> None:
    make = moodle.filled_worksheet
    table, people, notes = (
        make(order.worksheet, rows) if order.worksheet else moodle.new_worksheet(rows)
    )
    path = order.results / moodle.WORKSHEET
    _write(path, table)
    _said(console, [f"{path}: {_marks(Rows(tuple(people)))}."])
    _notes(console, [*rows.notes, *notes])
    console.print("In Moodle: the assignment's submissions, then `Upload grading worksheet`.")
    if order.pages:
        pages = pages_of(order.pages, results.students)
        where = order.results / moodle.FEEDBACK
        many = moodle.write_feedback(where, people, pages)
        _said(console, [f"{where}: {number_of(many, 'page')} of feedback."])
        console.print("In Moodle: `Upload multiple feedback files in a zip`.")


def _write(path: Path, table: Table) -> None:
    write_table(path, table.header, table.rows, table.bom, table.separator)


def _written(console: Console, path: Path, content: str | bytes, what: str = "") -> None:
    write_whole(path, content)
    _said(console, [f"{path}: {what}." if what else f"{path} is written."])


def _people(rows: Rows) -> str:
    without = sum(row.points is None for row in rows.rows)
    more = f", {without} of them without a mark" if without else ""
    return f"{number_of(len(rows.rows), 'person')}{more}"


def _marks(rows: Rows, where: str = "") -> str:
    many = sum(row.points is not None for row in rows.rows)
    left = len(rows.rows) - many
    more = f"; {left} without one, whose cells stay as they were" if left else ""
    return f"{number_of(many, 'mark')}{where}{more}"


def _notes(console: Console, notes: Sequence[str]) -> None:
    _said(console, [f"Note: {note}" for note in notes[:NOTES]])
    if len(notes) > NOTES:
        console.print(f"and {len(notes) - NOTES} more notes")


def _said(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(Text(printable(line)), soft_wrap=True)
