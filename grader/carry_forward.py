"""Error carried forward: a brick that is right, tried on the student's own predecessors.

Points come from the run on the reference's predecessors. The second run is information: where the
student's own predecessors are not right yet, it says what the brick reaches on them, and which
part to finish first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.brick import Brick
from grader.check import Check
from grader.course import Course
from grader.examine import Examination
from grader.outcome import Accuracy, Outcome, Passed
from grader.source import Source
from grader.submission import Handed, sources_of


@dataclass(frozen=True)
class CarriedForward:
    """A brick that meets its bar on the reference's predecessors, tried on the student's own.

    alone       its accuracy on the reference's predecessors
    own         its accuracy on the student's predecessors, or what goes wrong there
    unfinished  brick and part of the first check of those predecessors that does not pass
    """

    brick: str
    alone: Accuracy
    own: Accuracy | Outcome
    unfinished: tuple[str, str]


def carry_forward(
    course: Course,
    examination: Examination,
    predecessors: Sequence[Examination],
    handed: Handed,
) -> CarriedForward | None:
    """Tries the brick again; None if it meets no bar, or if all its predecessors are right.

    predecessors: examinations of the same student, in teaching order.
    """
    bar = numpy_bar(examination.brick)
    names = course.predecessors(examination.brick.name)
    judged_on_own = not all(course.has_solution(name) for name in names)
    if bar is None or judged_on_own:
        return None
    if not all(isinstance(handed.get(name), Source) for name in names):
        return None
    outcome = examination.result(bar.name).outcome
    unfinished = first_unfinished(predecessors)
    if unfinished is None or not isinstance(outcome, Passed) or outcome.reached is None:
        return None
    own = sources_of(course, examination.brick.name, handed, on_own=True)
    assert isinstance(own, list)  # it loads: its bar was just met
    on_own = examination.on_own(bar, own)
    finish_first = (unfinished.brick, unfinished.part)
    return CarriedForward(examination.brick.name, outcome.reached, on_own, finish_first)


def numpy_bar(brick: Brick) -> Check | None:
    """The accuracy check that trains the student's own network, not one of Keras."""
    return next((c for c in brick.checks.values() if c.labels and not c.keras), None)


def first_unfinished(examinations: Sequence[Examination]) -> Check | None:
    """The first quick check that does not pass; checks of Keras and bars are left out."""
    for examination in examinations:
        for check in examination.brick.checks.values():
            quick = not check.keras and not check.labels
            if quick and not isinstance(examination.result(check.name).outcome, Passed):
                return check
    return None
