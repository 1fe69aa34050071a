"""A student's feedback, made only from the stored reports.

So it shows nothing that grading withheld.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from grader.classreport.clusters import failed, is_file
from grader.classreport.comments import Said
from grader.classreport.results import Results, handed_in
from grader.language import N_, _
from grader.marks.mark import Mark, mark_of, times_of
from grader.marks.rules import Rules
from grader.outcome import NotWritten, Skipped, Unloadable, kind
from grader.report.board import DONE, first_to_do
from grader.report.check_report import CheckReport
from grader.report.report import Report, Status
from grader.report.summary import note
from grader.report.text import message_rows, next_to_do, row_text
from grader.submissions.remarks import shown

NO_GRADE = N_("There is no grade yet: the kit failed here, not your code. Your instructor knows.")


@dataclass(frozen=True)
class Wrong:
    """A check that found a mistake: its message, and the instructor's comments."""

    check: CheckReport
    message: str
    comments: tuple[str, ...]


@dataclass(frozen=True)
class BrickFeedback:
    """A brick of a student.

    points  None if there is no grade.
    note    why there are no checks; slow statements; the accuracy on the student's predecessors.
    parts   each part's name, points and maximum.
    wrong   the failed checks.
    to_do   parts that are not written yet, each with what to think about.
    waiting parts that wait for another one; `right`, parts of which all checks passed.
    next    the check to work on now, and what to think about; None if all is right.
    """

    brick: str
    points: int | None
    maximum: int
    note: str
    parts: tuple[tuple[str, int, int], ...]
    wrong: tuple[Wrong, ...]
    to_do: tuple[tuple[str, str], ...]
    waiting: tuple[str, ...]
    right: tuple[str, ...]
    next: tuple[str, str] | None


@dataclass(frozen=True)
class Feedback:
    """All bricks of a student. mark: None if it is no more than their points, or there is none."""

    name: str
    bricks: tuple[BrickFeedback, ...]
    mark: Mark | None = None

    @property
    def points(self) -> int | None:
        """The sum of the points; None if a brick has no grade."""
        given = [brick.points for brick in self.bricks if brick.points is not None]
        return sum(given) if len(given) == len(self.bricks) else None

    @property
    def maximum(self) -> int:
        return sum(brick.maximum for brick in self.bricks)


def feedback_of(results: Results, student: str, said: Said, rules: Rules | None = None) -> Feedback:
    """rules: of the course, by which points become a mark."""
    reports = results.of_student(student)
    made = Feedback(shown(student), tuple(_brick(report, said) for report in reports))
    if rules is None or made.points is None or {r.brick for r in reports} - rules.weights.keys():
        return made
    mark = mark_of(student, reports, rules, times_of(reports))
    is_given = bool(mark.points) or any(map(handed_in, reports))
    differs = (mark.points, mark.maximum) != (made.points, made.maximum) or mark.every_reason
    return replace(made, mark=mark) if is_given and differs else made


def _brick(report: Report, said: Said) -> BrickFeedback:
    checks = report.checks
    wrong = []
    for check in _once(check for check in checks if failed(check)):
        message = "\n".join(row_text(row) for row in message_rows(check))
        wrong.append(Wrong(check, message, tuple(said.get((report.student, check.id), ()))))
    parts = {part: [c for c in checks if c.part == part] for part in _parts(checks)}
    unwritten = {
        c.part: next_to_do(c) for c in reversed(checks) if isinstance(c.outcome, NotWritten)
    }
    return BrickFeedback(
        report.brick,
        None if report.is_fault else report.points,
        report.maximum,
        _note(report),
        tuple(
            (part, sum(check.points for check in own), sum(check.maximum for check in own))
            for part, own in parts.items()
        ),
        tuple(wrong),
        tuple((part, unwritten[part]) for part in parts if part in unwritten),
        tuple(part for part, own in parts.items() if _waits(own)),
        tuple(part for part, own in parts.items() if all(check.passed for check in own)),
        _next(checks),
    )


def _parts(checks: Iterable[CheckReport]) -> list[str]:
    return list(dict.fromkeys(check.part for check in checks))


def _waits(checks: Sequence[CheckReport]) -> bool:
    """Whether a part has nothing wrong and nothing to write, but waits for another one."""
    left = [check.outcome for check in checks if not check.passed]
    return bool(left) and all(isinstance(outcome, Skipped) for outcome in left)


def _once(checks: Iterable[CheckReport]) -> list[CheckReport]:
    """The checks; of a file that does not load only the first, since all say the same."""
    kept: list[CheckReport] = []
    for check in checks:
        is_same = isinstance(check.outcome, Unloadable) and any(map(is_file, kept))
        if not is_same:
            kept.append(check)
    return kept


def _note(report: Report) -> str:
    if report.is_fault:
        return _(NO_GRADE)
    if report.status is Status.CRASHED:
        return _("Your code ended the process that graded it, each time, so there are no points.")
    if not handed_in(report):
        return _("Nothing was handed in for this brick.")
    return note(report)


def _next(checks: Sequence[CheckReport]) -> tuple[str, str] | None:
    """The check to work on now, as on the board of a self-check."""
    check = first_to_do([check for check in checks if kind(check.outcome) not in DONE])
    if check is None:
        return None
    if isinstance(check.outcome, Unloadable):
        return check.outcome.file, _("The file does not load: mend that first.")
    return f"{check.part} ({check.name})", next_to_do(check)
