"""The class report on the terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.classreport.changes import Changes
from grader.classreport.clusters import Cluster
from grader.classreport.counting import BrickCount
from grader.classreport.items import Item
from grader.classreport.overview import Overview
from grader.classreport.page import about, known_in_words, missing
from grader.submissions.remarks import shown

SHOWN = 12  # mistakes, and changes: the page has them all
NAMED = 4  # students of one mistake
NAMES = 40  # students of a list


def print_report(console: Console, view: Overview, since: str = "") -> None:
    """Prints the content of the page, without charts and long lists."""
    results = view.results
    _say(console, about(results), "bold")
    console.print(_bricks(view.bricks))
    for brick in view.bricks:
        if brick.no_grade:
            _say(console, f"{brick.brick}: the kit failed for {brick.no_grade}: grade again.")
    for title, names in [
        ("Nothing handed in", [shown(s) for s in results.nothing_handed_in]),
        *((f"No {brick}, but another brick", names) for brick, names in missing(results)),
        ("Left out, since grades.csv lacks them", [shown(s) for s in results.left_out]),
    ]:
        if names:
            _say(console, f"{title} ({len(names)}): {some(names, NAMES)}")
    for brick in view.bricks:
        console.print()
        console.print(_parts(brick))
    console.print()
    _say(console, f"Mistakes. {known_in_words(view)}.", "bold")
    console.print(_mistakes(view.clusters[:SHOWN]))
    if len(view.clusters) > SHOWN:
        _say(console, f"and {len(view.clusters) - SHOWN} more on the page.")
    if view.warnings:
        console.print()
        _say(console, "Checks to look at:", "bold")
        for item in view.warnings:
            _say(console, f"{item.check.id}: {_warning(item)}")
    if view.changes:
        console.print()
        _changes(console, view.changes, since)


def some(names: Sequence[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style))


def _table(columns: Iterable[str], left: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, justify="left" if column in left else "right", overflow="fold")
    return table


def _bricks(bricks: Iterable[BrickCount]) -> Table:
    columns = ("brick", "handed in", "not", "mean", "median", "all points", "most stop at")
    table = _table(columns, ("brick", "most stop at"))
    for one in bricks:
        stops = f"{one.stops[0].name} ({one.stops[1]})" if one.stops else "-"
        mean = f"{one.mean:.1f}"
        row = (one.brick, one.handed_in, one.missing, mean, f"{one.median:g}", one.full, stops)
        table.add_row(*(Text(str(field)) for field in row))
    return table


def _parts(brick: BrickCount) -> Table:
    table = _table((brick.brick, "points", "passed", "waited", "failed"), (brick.brick,))
    for part in brick.parts:
        counts = part.counts
        failed = Text(str(counts.failed), "red" if counts.failed else "")
        numbers = (part.points, counts.passed, counts.waited)
        table.add_row(Text(part.part), *(Text(str(number)) for number in numbers), failed)
    return table


def _mistakes(clusters: Iterable[Cluster]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right")
    grid.add_column(overflow="fold")
    for one in clusters:
        students = [shown(student) for student in one.students]
        said = f"{one.brick} / {one.part}: {one.says}\n{one.how.value}: {some(students, NAMED)}\n"
        grid.add_row(str(len(students)), Text.assemble(said, (one.id, "dim")))
    return grid


def _warning(item: Item) -> str:
    measured = ""
    if item.discrimination is not None:
        measured = f"; discrimination {item.discrimination:.2f} +/- {item.uncertainty:.2f}"
    return f"{item.warning} ({item.passed} of {item.judged} pass{measured})"


def _changes(console: Console, changes: Changes, since: str) -> None:
    _say(console, f"Since {since}:", "bold")
    for said in changes.grading:
        _say(console, said)
    for one in changes.progress:
        mean = f"mean {one.before:.1f} -> {one.after:.1f}"
        _say(console, f"{one.brick}: {mean}, {one.up} up, {one.down} down, of {one.students}")
    grid = Table.grid(padding=(0, 2, 0, 0))
    for change in changes.changes[:SHOWN]:
        points = f"{change.before} -> {change.after}"
        row = (shown(change.student), change.brick, points, "; ".join(change.why))
        grid.add_row(*(Text(field, overflow="fold") for field in row))
    console.print(grid)
    if len(changes.changes) > SHOWN:
        _say(console, f"and {len(changes.changes) - SHOWN} more on the page.")
    if not changes.changes:
        _say(console, "Nothing changed.")
