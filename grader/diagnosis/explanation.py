"""Why a wrong answer is wrong: a known misconception, or else what its numbers say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.check import ASIDE, SLOPE, Check
from grader.diagnosis.causes import measured_cause
from grader.diagnosis.exact import Diagnosis
from grader.diagnosis.numbers import explain_numbers
from grader.diagnosis.warning import cause_warned_of
from grader.illustration import Illustration
from grader.illustrations import SHOWN
from grader.judge import compare
from grader.note import CAUSE, NOTE, as_text
from grader.outcome import Array, LargeArray, Line, Outcome, Passed, WrongValue
from grader.printable import one_line
from grader.probe import NoArray, Returned
from grader.repair.kinds import Repair

MAX_NOTE = 300  # characters
SLOPE_IS_NEAR = 0.01  # of the largest entry that is expected


@dataclass(frozen=True)
class Where:
    """The only function with which, replaced by the reference's, a check passes.

    right: the part whose check failed, if it is right; empty if the function belongs to it.
    """

    wrong: str
    right: str


@dataclass(frozen=True)
class Explanation:
    """What is known of a wrong answer beyond the answer itself; each field may be empty.

    diagnosis  the known misconception
    cause      a sentence on what was measured to be wrong; undoing it gives what is expected
    numbers    a sentence on how the array differs from the right one
    departs    the first wrong value on the way to the result, and what it should be
    slope      how fast the student's own loss changes along the worst entry of a gradient
    note       a sentence that came back beside the values
    repair     where one small edit makes all quick checks of the brick pass
    where      the function that is at fault
    line       the student's own line that made the answer wrong
    illustration  images that show what is wrong
    """

    diagnosis: Diagnosis | None = None
    numbers: str | None = None
    departs: Outcome | None = None
    slope: float | None = None
    note: str | None = None
    repair: Repair | None = None
    where: Where | None = None
    cause: str | None = None
    line: Line | None = None
    illustration: Illustration | None = None

    @property
    def says_why(self) -> bool:
        """Whether it names or measures what is wrong."""
        return bool(self.diagnosis or self.cause)


def explanation(
    check: Check,
    outcome: Outcome,
    returned: Returned,
    expected: Mapping[str, Array],
    n_samples: int | None,
    diagnosis: Diagnosis | None,
    inputs: Mapping[str, Any] | None = None,
) -> Explanation:
    """Explains a wrong answer. The numbers are compared only if no misconception fits.

    inputs: those that the probe was given.
    """
    with np.errstate(all="ignore"):  # the student's numbers may overflow
        note = note_of(returned)
        cause = numbers = None
        told = cause_told(check, outcome, returned)
        if diagnosis is None or (told and not diagnosis.shown):  # what was measured is no guess
            diagnosis = None
            cause = (
                told
                or cause_warned_of(outcome, note)
                or measured_cause(outcome, returned, expected, inputs or {})
            )
            numbers = None if cause else explain_numbers(outcome, n_samples, returned, expected)
        return Explanation(
            diagnosis,
            numbers,
            first_departure(check, returned, expected),
            slope_at_worst(outcome, returned),
            note,
            cause=cause,
        )


def note_of(returned: Returned) -> str | None:
    """The note among the values, or None. A student's process may have written it."""
    return _text(returned, NOTE)


def cause_told(check: Check, outcome: Outcome, returned: Returned) -> str | None:
    """The cause that the check's own `measure` gave for the wrong value, or None."""
    if check.measure is None or not isinstance(outcome, WrongValue):
        return None  # then the student's process wrote the text, and nobody measured it
    return _text(returned, CAUSE + outcome.name)


def _text(returned: Returned, name: str) -> str | None:
    value = returned.values.get(name)
    if value is None or isinstance(value, NoArray):
        return None
    return one_line(as_text(value.ravel()[: 4 * MAX_NOTE]), MAX_NOTE) or None


def first_departure(
    check: Check, returned: Returned, expected: Mapping[str, Array]
) -> Outcome | None:
    """The first value beside the result that differs from the reference's; no slope, no note."""
    for name, want in expected.items():
        is_step = name.startswith(ASIDE) and not name.startswith((SLOPE, NOTE, CAUSE, SHOWN))
        if is_step and name in returned.values:
            outcome = compare(
                name.removeprefix(ASIDE), returned.values[name], want, check.tolerance
            )
            if not isinstance(outcome, Passed):
                return outcome
    return None


def slope_at_worst(outcome: Outcome, returned: Returned) -> float | None:
    """The numeric gradient at the entry where the analytic one is worst.

    None where it is not what is expected either: then the loss is another, or its arguments are.
    """
    if not isinstance(outcome, WrongValue):
        return None
    slopes = returned.values.get(SLOPE + outcome.name)
    if slopes is None or isinstance(slopes, NoArray) or slopes.shape != outcome.expected.shape:
        return None
    if isinstance(outcome.expected, LargeArray):
        return None
    slope, due = float(slopes[outcome.worst]), float(outcome.expected[outcome.worst])
    near = abs(slope - due) <= SLOPE_IS_NEAR * float(np.abs(outcome.expected).max())
    return slope if near else None
