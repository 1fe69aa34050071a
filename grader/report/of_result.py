"""Makes reports from results: without functions, large arrays, and what must not be shown."""

from dataclasses import replace
from typing import Any

import numpy as np

from grader.carry_forward import CarriedForward
from grader.diagnosis.explanation import Explanation
from grader.examine import Result
from grader.outcome import Array, LargeArray, Outcome, WrongValue
from grader.printable import printable
from grader.report.report import CheckReport
from grader.report.rows import SMALL, number, short

MAX_ENTRIES = 128  # of an array; drawn arrays have fewer
MAX_PRINTED = 1_000  # characters


def check_report(result: Result) -> CheckReport:
    """The report of a check."""
    check = result.check
    inputs = check.shown_to_probe(result.inputs) if result.inputs else {}
    return CheckReport(
        id=check.id,
        part=check.part,
        maximum=check.points,
        outcome=_smaller(result.outcome, MAX_ENTRIES),
        called=check.called_with(result.inputs),
        inputs=tuple((name, in_words(value)) for name, value in inputs.items()),
        hint=check.hint,
        explanation=result.why and _as_data(result.why),
        printed=printable(result.printed[:MAX_PRINTED]),
        seconds=round(result.seconds, 3),
        cpu=round(result.cpu, 3),
    )


def without_arrays(carried: CarriedForward) -> CarriedForward:
    """The same, without the array of a wrong value: the note about it is a line."""
    own = carried.own
    return replace(carried, own=_smaller(own, 1)) if isinstance(own, Outcome) else carried


def in_words(value: Any) -> str:
    """An input: the shape of an array, the values of a small one."""
    if isinstance(value, np.ndarray):
        return str(value.shape) if value.size > SMALL else f"= {short(value)}"
    return f"= {number(value)}" if isinstance(value, float) else f"= {value!r}"


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
