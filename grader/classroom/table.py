"""The class on the terminal: tables of points, and each student's mistakes."""

from collections.abc import Collection, Sequence
from statistics import mean, median

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.report.report import Report, Status
from grader.report.summary import summary


class ClassTable:
    """Points by student and brick; a dash if nothing was handed in.

    further: bricks that do not count in the total.
    """

    def __init__(self, bricks: Sequence[str], further: Collection[str] = ()):
        self.further = further
        self.table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        self.table.add_column("student", overflow="fold")
        for brick in (*bricks, "total"):
            self.table.add_column(brick, justify="right")

    def add(self, own: Sequence[Report]) -> None:
        """Adds a row of one student's reports, which are in the order of the bricks."""
        cells = [_points(report) for report in own]
        counted = [report for report in own if report.brick not in self.further]
        complete = not any(report.is_fault for report in counted)
        total = str(sum(report.points for report in counted)) if complete else "?"
        self.table.add_row(Text(own[0].student), *cells, total)

    def rendered(self) -> Table:
        return self.table


class SummaryTable:
    """For a large class: mean and median of the points in each brick."""

    def __init__(self, bricks: Sequence[str]):
        self.points: dict[str, list[int]] = {brick: [] for brick in bricks}
        self.full = dict.fromkeys(bricks, 0)

    def add(self, own: Sequence[Report]) -> None:
        for report in own:
            if report.status is not Status.NOT_HANDED_IN and not report.is_fault:
                self.points[report.brick].append(report.points)
                self.full[report.brick] += report.points == report.maximum

    def rendered(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for column in ("brick", "handed in", "mean", "median", "full marks"):
            table.add_column(column, justify="left" if column == "brick" else "right")
        for brick, given in self.points.items():
            middle = (f"{mean(given):.1f}", f"{median(given):.0f}") if given else ("-", "-")
            table.add_row(brick, str(len(given)), *middle, str(self.full[brick]))
        return table


def _points(report: Report) -> Text:
    if report.status is Status.NOT_HANDED_IN:
        return Text("-", "dim")
    if report.is_fault:
        return Text("?", "magenta")
    if report.status is Status.NOT_USABLE:
        return Text("not usable", "red")
    full = report.points == report.maximum
    return Text(str(report.points), "green" if full else "yellow" if report.points else "red")


def troubles_of(own: Sequence[Report]) -> list[str]:
    """A line on the first mistake in each of a student's bricks."""
    firsts = ((report.brick, first_trouble(report)) for report in own)
    return [f"{brick} / {trouble}" for brick, trouble in firsts if trouble]


def print_troubles(console: Console, student: str, troubles: Sequence[str]) -> None:
    if troubles:
        console.print(Text(student, "bold"))
    for trouble in troubles:
        console.print(Padding(Text(trouble), (0, 0, 0, 2), expand=False))


def first_trouble(report: Report) -> str:
    """A line on the first mistake in a brick; a part that is not written yet is no mistake."""
    for check in report.checks:
        if not check.passed and not check.waits:
            return f"{check.part}: {summary(check)}"
    return ""
