"""Makes reports to be stored: without large arrays, and without the code of misconceptions."""

from dataclasses import replace

import numpy as np

from grader.carry_forward import CarriedForward
from grader.diagnosis.explanation import Explanation
from grader.outcome import Array, LargeArray, Outcome, WrongValue
from grader.report.check_report import CheckReport, check_report
from grader.result import Result

MAX_ENTRIES = 128  # of an array; drawn arrays have fewer


def compact_report(result: Result) -> CheckReport:
    """The report of a check without large arrays; it gives the same message."""
    report = check_report(result)
    return replace(
        report,
        outcome=_smaller(report.outcome, MAX_ENTRIES),
        explanation=report.explanation and _as_data(report.explanation),
    )


def without_arrays(carried: CarriedForward) -> CarriedForward:
    """The same without the array of a wrong value, since the note on it has one line."""
    own = carried.own
    return replace(carried, own=_smaller(own, 1)) if isinstance(own, Outcome) else carried


def _smaller(outcome: Outcome, most: int) -> Outcome:
    """The outcome, with no array of more than `most` entries."""
    if not isinstance(outcome, WrongValue):
        return outcome
    returned, expected = (
        _at_worst(array, outcome.worst, most) for array in (outcome.returned, outcome.expected)
    )
    return replace(outcome, returned=returned, expected=expected)


def _at_worst(array: Array | LargeArray, worst: tuple[int, ...], most: int) -> Array | LargeArray:
    if isinstance(array, LargeArray) or array.size <= most:
        return array
    return LargeArray(array.shape, np.array(array[worst]))


def _as_data(why: Explanation) -> Explanation:
    """The explanation without the misconceptions' patches and the first departure's array."""
    diagnosis = why.diagnosis and replace(
        why.diagnosis,
        mistakes=tuple(replace(mistake, patch=None) for mistake in why.diagnosis.mistakes),
    )
    return replace(why, diagnosis=diagnosis, departs=why.departs and _smaller(why.departs, 1))
