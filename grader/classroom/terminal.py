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
SHOWN_LINES = 12  # on what needs an eye


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
        try:
            for _ in grading.grade(students, bricks):
                shown.advance(bar)
        except KeyboardInterrupt:
            console.print("Stopping after the checks that are under way.")
            raise
    names = [student.name for student in students]
    journal = grading.journal
    journal.finish(names, list(grading.marking.course.bricks))
    console.print()
    few = len(names) <= SHOWN
    table = class_table if few else summary_table
    console.print(table(journal.grades(names, bricks), bricks))
    console.print()
    if troubles:
        print_troubles(console, journal.grades(names, bricks))
        console.print()
    status = _needs_an_eye(console, journal.grades(names, bricks))
    many = "1 student" if len(students) == 1 else f"{len(students)} students"
    known = len(students) - len(grading.graded)
    before = f" ({known} graded before)" if known else ""
    say = f"{many} in {time.monotonic() - began:.0f} s{before}. Results are in {out}:"
    console.print(say, soft_wrap=True, markup=False)
    console.print("  grades.csv (points) and results.jsonl (every check with its message)")
    return status


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
        if not task.completed or not task.elapsed:
            return Text()
        return Text(f"{60 * task.completed / task.elapsed:.0f} a minute")


def _needs_an_eye(console: Console, grades: Iterator[list[Grade]]) -> int:
    """Says what the instructor has to look at, and gives the exit status that goes with it."""
    faults, others = [], []
    for grade in (grade for own in grades for grade in own):
        who = f"{grade['student']}, {grade['brick']}"
        if grade["status"] == KIT_FAULT:
            faults.append(f"{who}: {grade['beside']}")
        if grade["status"] == CRASHED:
            others.append(f"Crashed: {who}: {grade['beside']}")
        others += unloadable([grade])
        for check in grade["checks"]:
            if check["outcome"] == FAULT:
                faults.append(f"{grade['student']}, {check['id']}: {check['summary']}")
    print_some(console, others)
    print_some(console, [f"Fault of the kit: {fault}" for fault in faults], "magenta")
    if faults or others:
        console.print()
    return KIT_FAILED if faults else SOME_UNREADABLE if others else OK


def unloadable(grades: Sequence[Grade]) -> list[str]:
    """What does not load at all, a line each."""
    return [
        f"{grade['student']}: {check['summary']}"
        for grade in grades
        for check in grade["checks"]
        if check["outcome"] == UNLOADABLE
    ]


def print_some(console: Console, lines: Sequence[str], style: str = "") -> None:
    """The first of them, since a class may have hundreds; the others are in the results."""
    for line in lines[:SHOWN_LINES]:
        console.print(Text(line, style))
    if len(lines) > SHOWN_LINES:
        console.print(Text(f"and {len(lines) - SHOWN_LINES} more of the kind", style))
