"""A table that Excel opens: a byte-order mark, and no text that it would compute.

Without the mark Excel reads UTF-8 as the system's own encoding. A cell that begins with = + - @
or a tab gets a quote before it, as OWASP's ASVS 1.2.10 demands ("CSV and Formula Injection").
"""

from collections.abc import Iterator, Sequence

from grader.exports.rows import Row, Rows
from grader.exports.tables import number
from grader.report.report import Report, Status

FILE = "marks.csv"


def spreadsheet(rows: Rows, bricks: Sequence[str]) -> tuple[list[str], list[list[object]]]:
    """Header and rows: person, points of each brick, mark, and why the mark is not their sum."""
    header = ["name", "id", "e-mail", "group", "handed in as", *bricks]
    header += ["days late", "mark", "of", "reasons"]
    return header, [list(_cells(row, bricks)) for row in rows.rows]


def _cells(row: Row, bricks: Sequence[str]) -> Iterator[object]:
    yield from (row.name, row.id, row.email, row.group)
    if row.earned is None:
        yield from ("", *(Status.NOT_HANDED_IN.value for _ in bricks), None, None, None, "")
        return
    own = {report.brick: report for report in row.earned.reports}
    marks = {one.brick: one for one in row.earned.mark.bricks}
    yield row.earned.submission
    for brick in bricks:
        yield _points(own.get(brick), marks[brick].points if brick in marks else 0)
    yield sum(marks[brick].days_late for brick in bricks if brick in marks)
    yield None if row.points is None else _plain(row.points)
    yield _plain(row.earned.maximum)
    yield " ".join(filter(None, [row.earned.why_none, *row.earned.reasons]))


def _points(report: Report | None, points: float) -> object:
    if report is None:
        return "not graded"
    if report.is_fault:
        return "fault of the kit"
    return _plain(points) if report.status is Status.GRADED else report.status.value


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(number(value))
