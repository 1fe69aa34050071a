"""A check or a brick in a line, for tables and notes of graders."""

import textwrap

from grader.carry_forward import CarriedForward
from grader.outcome import Accuracy, Unloadable
from grader.report.check_report import CheckReport
from grader.report.report import Report
from grader.report.rows import rows_of
from grader.report.text import CUT, likely, slow_note

MAX_SUMMARY = 160  # characters


def summary(check: CheckReport) -> str:
    """One line for a table: what is wrong, without the call and the hint."""
    outcome = check.outcome
    if isinstance(outcome, Unloadable):
        where = f" (line {outcome.lines[-1].number})" if outcome.lines else ""
        said = f"{outcome.file} does not load: {outcome.reason}{where}"
    elif check.explanation and likely(check.explanation):
        said = likely(check.explanation)
    else:
        rows = rows_of(outcome)[:2]
        said = ", ".join(
            f"expected {text}" if label == "expected" else text for label, text in rows
        )
    return textwrap.shorten(said, MAX_SUMMARY, placeholder=CUT)


def note(report: Report) -> str:
    """The note on a brick's points: of which file they are, why it has none, what it reaches on the
    student's own predecessors, its slow statements.
    """
    plain = ("", f"{report.brick}.py", f"{report.brick}.ipynb")
    graded = [f"Graded: {report.file}."] if report.file not in plain else []
    carried = [carried_note(report.carried)] if report.carried else []
    return " ".join([*graded, *filter(None, [report.why]), *carried, *map(slow_note, report.slow)])


def carried_note(carried: CarriedForward) -> str:
    """A sentence on what a brick that is right reaches on the student's own predecessors."""
    own, (brick, part) = carried.own, carried.unfinished
    if isinstance(own, Accuracy):
        reaches = f"it reaches {own.share:.3f}"
    else:
        reaches = f"it stops ({rows_of(own)[0][1]})"
    return (
        f"{carried.brick} is right: {carried.alone.share:.3f} on the reference's {brick}; "
        f"with your own {brick} {reaches}: finish {brick} / {part} first"
    )
