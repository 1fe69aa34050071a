"""One grading of a class: progress while it runs, results on disk, the table at the end."""

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from grader.classroom.grade import Grade, Results, grade
from grader.classroom.ingest import Student
from grader.classroom.table import class_table, print_troubles
from grader.course import Course
from grader.messages.board import FAULT, UNLOADABLE

OK, SOME_UNREADABLE, KIT_FAILED = 0, 1, 3


def grade_class(
    console: Console,
    course: Course,
    students: Sequence[Student],
    bricks: Sequence[str],
    seed: int,
    out: Path,
    jobs: int,
    troubles: bool = False,
) -> int:
    """Grades, writes `out`, prints the table (and each student's `troubles`); the exit status."""
    results = Results(out)
    by_name: dict[str, list[Grade]] = {}
    began = time.monotonic()
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("grading", total=len(students))
        for own in grade(course, students, bricks, seed, jobs):
            results.add(own)
            by_name[own[0]["student"]] = own
            progress.advance(bar)
    grades = [by_name[student.name] for student in students]
    results.write_csv(grades, bricks)
    console.print()
    console.print(class_table(grades, bricks))
    console.print()
    if troubles:
        print_troubles(console, grades)
        console.print()
    say = f"{len(students)} students in {time.monotonic() - began:.0f} s. Results are in {out}:"
    console.print(say, soft_wrap=True, markup=False)
    console.print("  grades.csv (points) and results.jsonl (every check with its message)")
    return _status(console, grades)


def _status(console: Console, grades: Sequence[Sequence[Grade]]) -> int:
    """Says what needs the instructor's eye, and gives the exit status that goes with it."""
    status = OK
    for own in grades:
        for brick in own:
            for check in brick["checks"]:
                where = f"{brick['student']}, {check['id']}"
                if check["outcome"] == UNLOADABLE:
                    status = max(status, SOME_UNREADABLE)
                    console.print(f"Unreadable: {where}: {check['summary']}", markup=False)
                if check["outcome"] == FAULT:
                    status = KIT_FAILED
                    console.print(f"Fault of the kit: {where}: {check['summary']}", markup=False)
    return status
