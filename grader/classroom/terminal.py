"""Grading a class as the instructor sees it: how far it is, the table, what needs an eye."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as Shown
from rich.text import Text

from grader.classroom.ingest import Student
from grader.classroom.marking import CRASHED
from grader.classroom.marking import FAULT as KIT_FAULT
from grader.classroom.session import Session
from grader.classroom.table import class_table, print_troubles, summary_table
from grader.classroom.task import Grade
from grader.messages.board import FAULT, UNLOADABLE

OK, SOME_UNREADABLE, KIT_FAILED = 0, 1, 3
SHOWN = 60  # students in the table; of more, the terminal shows a summary


def grade_class(
    console: Console,
    grading: Session,
    students: Sequence[Student],
    bricks: Sequence[str],
    out: Path,
    troubles: bool = False,
) -> int:
    """Grades, writes the journal, prints the table (and each student's `troubles`).

    Returns the exit status.
    """
    began = time.monotonic()
    with progress(console) as shown:
        bar = shown.add_task("grading", total=len(students))
        for _ in grading.grade(students, bricks):
            shown.advance(bar)
    names = [student.name for student in students]
    journal = grading.journal
    journal.finish(names, bricks)
    console.print()
    few = len(names) <= SHOWN
    table = class_table if few else summary_table
    console.print(table(journal.grades(names, bricks), bricks))
    console.print()
    if troubles:
        print_troubles(console, journal.grades(names, bricks))
        console.print()
    say = f"{len(students)} students in {time.monotonic() - began:.0f} s. Results are in {out}:"
    console.print(say, soft_wrap=True, markup=False)
    console.print("  grades.csv (points) and results.jsonl (every check with its message)")
    return _status(console, journal.grades(names, bricks))


def progress(console: Console) -> Progress:
    """A bar with the number done, the rate and the time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


class _Rate(ProgressColumn):
    def render(self, task: Shown) -> Text:
        return Text(f"{60 * task.speed:.0f} a minute" if task.speed else "")


def _status(console: Console, grades: Iterator[list[Grade]]) -> int:
    """Says what needs the instructor's eye, and gives the exit status that goes with it."""
    status = OK
    for brick in (brick for own in grades for brick in own):
        who = f"{brick['student']}, {brick['brick']}"
        if brick["status"] == CRASHED:
            console.print(f"Crashed: {who}: {brick['beside']}", markup=False)
        if brick["status"] == KIT_FAULT:
            status = KIT_FAILED
            console.print(f"Fault of the kit: {who}: {brick['beside']}", markup=False)
        for check in brick["checks"]:
            said = f"{brick['student']}, {check['id']}: {check['summary']}"
            if check["outcome"] == UNLOADABLE:
                status = max(status, SOME_UNREADABLE)
                console.print(f"Unreadable: {said}", markup=False)
            if check["outcome"] == FAULT:
                status = KIT_FAILED
                console.print(f"Fault of the kit: {said}", markup=False)
    return status
