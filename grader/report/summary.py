"""One line on a check or a brick, for tables and for the notes of graders."""

import textwrap

from grader.carry_forward import CarriedForward
from grader.language import _
from grader.outcome import Accuracy, Unloadable
from grader.report.check_report import CheckReport
from grader.report.report import Report, Status
from grader.report.rows import rows_of
from grader.report.text import CUT, expected, likely, slow_note

MAX_SUMMARY = 160  # characters


def summary(check: CheckReport) -> str:
    """One line for a table: what is wrong, without the call and the hint."""
    outcome = check.outcome
    if isinstance(outcome, Unloadable):
        said = _("{file} does not load: {reason}")
        if outcome.lines:
            said = _("{file} does not load: {reason} (line {n})")
        n = outcome.lines[-1].number if outcome.lines else 0
        said = said.format(file=outcome.file, reason=outcome.reason, n=n)
    elif check.explanation and likely(check.explanation):
        said = likely(check.explanation)
    else:
        rows = rows_of(outcome)[:2]
        said = ", ".join(expected(text) if label == "expected" else text for label, text in rows)
    return textwrap.shorten(said, MAX_SUMMARY, placeholder=CUT)


def note(report: Report) -> str:
    """The note on a brick's points.

    It says which file was graded, or why there are no points, what accuracy the brick reaches on
    the student's own predecessors, and which statements are slow.
    """
    plain = ("", f"{report.brick}.py", f"{report.brick}.ipynb")
    said = _("Graded: {file}.").format(file=report.file)
    is_read = report.status is not Status.NOT_USABLE
    graded = [said] if is_read and report.file not in plain else []
    carried = [carried_note(report.carried)] if report.carried else []
    return " ".join([*graded, *filter(None, [report.why]), *carried, *map(slow_note, report.slow)])


def carried_note(carried: CarriedForward) -> str:
    """A sentence on the accuracy of a right brick on the student's own predecessors."""
    own, (brick, part) = carried.own, carried.unfinished
    if isinstance(own, Accuracy):
        reached = f"{own.share:.3f}"
        said = _(
            "{brick} is right: {alone} on the reference's {earlier}; with your own {earlier} it "
            "reaches {reached}: finish {part} first"
        )
    else:
        reached = rows_of(own)[0][1]
        said = _(
            "{brick} is right: {alone} on the reference's {earlier}; with your own {earlier} it "
            "stops ({reached}): finish {part} first"
        )
    return said.format(
        brick=carried.brick,
        alone=f"{carried.alone.share:.3f}",
        earlier=brick,
        reached=reached,
        part=f"{brick} / {part}",
    )
