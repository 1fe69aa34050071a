"""`nbgrader export`: the stock table, with every field in quotes and no formula in it."""

from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin

from grader.classroom.spreadsheet import as_csv

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


class QuotedCsv(ExportPlugin):  # type: ignore[misc]  # nbgrader has no types
    """The columns of nbgrader's CsvExportPlugin, which joins fields by commas as they are."""

    def export(self, gradebook: Any) -> None:
        rows = [
            _row(gradebook, assignment, student)
            for assignment in gradebook.assignments
            if not self.assignment or assignment.name in self.assignment
            for student in gradebook.students
            if not self.student or student.id in map(str, self.student)
        ]
        target = self.to or "grades.csv"
        self.log.info("Exporting grades to %s", target)
        with open(target, "w", encoding="utf-8", newline="") as file:
            file.write(as_csv([COLUMNS, *rows]))


def _row(gradebook: Any, assignment: Any, student: Any) -> list[object]:
    names = [student.id, student.last_name, student.first_name, student.email]
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:  # nothing was handed in
        when, points, penalty = "", 0.0, 0.0
    else:
        when, points = str(submission.timestamp or ""), submission.score
        penalty = submission.late_submission_penalty or 0.0
    score = max(0.0, points - penalty)
    due = str(assignment.duedate or "")
    return [assignment.name, due, when, *names, points, penalty, score, assignment.max_score]
