"""A note on the student's own predecessors, for courses that have the references."""

from collections.abc import Callable
from pathlib import Path

from grader.carry_forward import carry_forward, numpy_bar
from grader.check import Check
from grader.examine import Examination
from grader.report.summary import carried_note
from grader.submission import handed_from


def note_on_own(
    check: Check,
    examination: Examination,
    examination_of: Callable[[Path], Examination],
    folder: Path,
) -> str:
    """At a brick's bar: a sentence on its accuracy on the student's own predecessors.

    examination_of: gives the examination of the brick whose checks are in a file.
    folder: the one with the student's bricks.
    """
    bar, course = numpy_bar(examination.brick), examination.course
    if bar is None or bar.id != check.id:
        return ""
    names = course.predecessors(check.brick)
    before = [examination_of(course.checks_file(name)) for name in names]
    handed = handed_from(course, folder)
    found = carry_forward(course, examination, before, handed)
    return carried_note(found) if found else ""
