"""Reads back the results that `bricks grade` has written: every student's reports."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.classroom.journal import GRADES, RESULTS
from grader.classroom.spreadsheet import as_text
from grader.course import CourseError
from grader.report.check_report import CheckReport
from grader.report.codec import ReportError
from grader.report.report import Report, Status


@dataclass(frozen=True)
class Results:
    """A class: students and bricks in their order, and a report for each pair that was graded.

    left_out  students with results of an earlier grading who are not in grades.csv.
    """

    students: tuple[str, ...]
    bricks: tuple[str, ...]
    by_pair: Mapping[tuple[str, str], Report]
    left_out: tuple[str, ...] = ()

    def of_student(self, student: str) -> list[Report]:
        pairs = ((student, brick) for brick in self.bricks)
        return [self.by_pair[pair] for pair in pairs if pair in self.by_pair]

    def of_brick(self, brick: str) -> list[Report]:
        pairs = ((student, brick) for student in self.students)
        return [self.by_pair[pair] for pair in pairs if pair in self.by_pair]

    @cached_property
    def checks(self) -> Mapping[str, tuple[CheckReport, ...]]:
        """Each brick's checks in their order, as some student's report has them."""
        return {brick: _checks(self.of_brick(brick)) for brick in self.bricks}

    @cached_property
    def nothing_handed_in(self) -> tuple[str, ...]:
        """Students who handed in no brick of those that were graded."""
        return tuple(s for s in self.students if not any(map(handed_in, self.of_student(s))))


def handed_in(report: Report) -> bool:
    return report.status is not Status.NOT_HANDED_IN


def judged(report: Report) -> bool:
    """Whether the report is a grade of something that was handed in."""
    return handed_in(report) and not report.is_fault


def read_results(folder: Path) -> Results:
    """Reads results.jsonl and grades.csv. Raises CourseError if there is nothing to read."""
    path = folder / RESULTS
    if not path.is_file():
        raise CourseError(f"{folder} has no {RESULTS}: name the folder that `--out` named.")
    by_pair: dict[tuple[str, str], Report] = {}
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            if not text.endswith(b"\n"):
                break  # an interruption cut it off
            try:
                report = Report.from_json(text.decode())
            except (UnicodeDecodeError, ReportError) as error:
                raise CourseError(f"{path}, line {number}: {error}") from None
            by_pair[report.student, report.brick] = report
    if not by_pair:
        raise CourseError(f"{path} is empty: nobody is graded yet.")
    return results_of(by_pair.values(), _in_grades(folder / GRADES))


def results_of(reports: Iterable[Report], listed: Iterable[str] = ()) -> Results:
    """The class of these reports. listed: the students of grades.csv, if there is such a file."""
    by_pair = {(report.student, report.brick): report for report in reports}
    students = list(dict.fromkeys(student for student, _ in by_pair))
    rows = set(listed)
    current = [student for student in students if as_text(student) in rows] or students
    return Results(
        tuple(current),
        tuple(dict.fromkeys(brick for _, brick in by_pair)),
        by_pair,
        tuple(student for student in students if student not in set(current)),
    )


def _in_grades(path: Path) -> list[str]:
    """The students of grades.csv, as it writes them; none if there is no such file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [row.get("student") or "" for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def _checks(reports: Iterable[Report]) -> tuple[CheckReport, ...]:
    """Of the report with the most checks, since one without a grade has none."""
    return max((report.checks for report in reports), key=len, default=())
