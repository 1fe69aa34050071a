"""The class on the terminal: a table of points, and what is wrong for whom."""

from collections.abc import Iterable, Sequence
from statistics import mean, median

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.classroom.grading import NOT_HANDED_IN, is_fault
from grader.classroom.task import Grade
from grader.report.board import PASSED, WAITING


def class_table(grades: Iterable[Sequence[Grade]], bricks: Sequence[str]) -> Table:
    """Points by student and brick; a dash where nothing was handed in."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("student", overflow="fold")
    for brick in (*bricks, "total"):
        table.add_column(brick, justify="right")
    for own in grades:
        cells = [_points(grade) for grade in own]
        whole = not any(is_fault(grade) for grade in own)
        total = str(sum(grade["points"] for grade in own)) if whole else "?"
        table.add_row(Text(own[0]["student"]), *cells, total)
    return table


def summary_table(grades: Iterable[Sequence[Grade]], bricks: Sequence[str]) -> Table:
    """A large class: how each brick went."""
    points: dict[str, list[int]] = {brick: [] for brick in bricks}
    full = dict.fromkeys(bricks, 0)
    for own in grades:
        for grade in own:
            if grade["status"] != NOT_HANDED_IN and not is_fault(grade):
                points[grade["brick"]].append(grade["points"])
                full[grade["brick"]] += grade["points"] == grade["maximum"]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("brick", "handed in", "mean", "median", "full marks"):
        table.add_column(column, justify="left" if column == "brick" else "right")
    for brick, given in points.items():
        middle = (f"{mean(given):.1f}", f"{median(given):.0f}") if given else ("-", "-")
        table.add_row(brick, str(len(given)), *middle, str(full[brick]))
    return table


def _points(grade: Grade) -> Text:
    if grade["status"] == NOT_HANDED_IN:
        return Text("-", "dim")
    if is_fault(grade):
        return Text("?", "magenta")
    full = grade["points"] == grade["maximum"]
    return Text(str(grade["points"]), "green" if full else "yellow" if grade["points"] else "red")


def print_troubles(console: Console, grades: Iterable[Sequence[Grade]]) -> None:
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
