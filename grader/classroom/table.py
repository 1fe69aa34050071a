"""The class on the terminal: a table of points, and what is wrong for whom."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.classroom.grade import NOT_HANDED_IN, Grade
from grader.messages.board import PASSED, WAITING


def class_table(grades: Sequence[Sequence[Grade]], bricks: Sequence[str]) -> Table:
    """Points by student and brick; a dash where nothing was handed in."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("student", overflow="fold")
    for brick in (*bricks, "total"):
        table.add_column(brick, justify="right")
    for own in grades:
        cells = [_points(grade) for grade in own]
        total = sum(grade["points"] for grade in own)
        table.add_row(Text(own[0]["student"]), *cells, f"{total}")
    return table


def _points(grade: Grade) -> Text:
    if grade["status"] == NOT_HANDED_IN:
        return Text("-", "dim")
    full = grade["points"] == grade["maximum"]
    return Text(str(grade["points"]), "green" if full else "yellow" if grade["points"] else "red")


def print_troubles(console: Console, grades: Sequence[Sequence[Grade]]) -> None:
    """For each student, the first thing wrong in each brick."""
    for own in grades:
        troubles = [(grade["brick"], trouble) for grade in own if (trouble := first_trouble(grade))]
        if troubles:
            console.print(Text(own[0]["student"], "bold"))
        for brick, trouble in troubles:
            console.print(Padding(Text(f"{brick} / {trouble}"), (0, 0, 0, 2), expand=False))


def first_trouble(grade: Grade) -> str:
    """What is first wrong in a brick, in a line; what is not written yet counts as nothing."""
    for check in grade["checks"]:
        if check["outcome"] not in (PASSED, *WAITING):
            return f"{check['part']}: {check['summary']}"
    return ""
