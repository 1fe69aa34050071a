"""Compares what came back with what was expected: trusted code on plain arrays."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations, zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.check import ASIDE, Check, Inputs, Tolerance
from grader.language import N_, _
from grader.note import NOTE
from grader.outcome import (
    AFTER_THE_CALL,
    SHAPE_OF,
    Accuracy,
    Array,
    NotFinite,
    Outcome,
    Passed,
    WrongShape,
    WrongType,
    WrongValue,
)
from grader.printable import one_line
from grader.probe import NoArray, Returned

MOST_MEASURED = 1_000_000  # entries of all arrays that a measure is given
MOST_MADE = 300_000_000  # entries of an array that it may make of them by broadcasting
MOST_SHAPES = 40
MOST_AXES = 64  # of an array of NumPy's
KINDS = {
    "b": N_("true or false"),
    "i": N_("integers"),
    "u": N_("integers"),
    "f": N_("real numbers"),
}


def judge(check: Check, returned: Returned, expected: Mapping[str, Array]) -> Outcome:
    """Compares every expected array with the one that came back under its name, in order."""
    outcomes = {
        name: compare(name, returned.values.get(name, NoArray(_("nothing"))), want, check.tolerance)
        for name, want in expected.items()
        if not name.startswith(ASIDE)
    }
    right = tuple(name for name, outcome in outcomes.items() if isinstance(outcome, Passed))
    for outcome in outcomes.values():
        if isinstance(outcome, WrongValue):
            return replace(outcome, right=right)
        if not isinstance(outcome, Passed):
            return outcome
    return Passed()


def measured(check: Check, returned: Returned, inputs: Inputs) -> Returned | Outcome:
    """The values to compare: the returned ones, or those that the check's `measure` makes."""
    if check.measure is None:
        return returned
    if trouble := no_array(returned):
        return trouble
    if _are_large(returned.arrays, inputs):
        return _unfit(returned, _("arrays of a fitting size"))
    try:
        with np.errstate(all="ignore"):  # nan is an outcome, not a warning
            values = check.measure(returned.values, inputs)
    except Exception as error:  # a student's shapes and values may break a measure
        return _unfit(returned, _("arrays that fit together ({error})").format(error=error))
    note = {name: value for name, value in returned.values.items() if name == NOTE}
    return Returned({**{name: np.asarray(value) for name, value in values.items()}, **note})


def _unfit(returned: Returned, due: str) -> WrongType:
    name = next(iter(returned.values), _("what came back"))
    shapes = ", ".join(str(array.shape) for array in returned.arrays.values())
    what = _("arrays of shape {shapes}").format(shapes=shapes)
    return WrongType(name, one_line(what), one_line(due))


def _are_large(arrays: Mapping[str, Array], inputs: Inputs) -> bool:
    """Whether a measure on the arrays could take too much of the grader's time or memory.

    Two small arrays are enough: a column minus a row has as many entries as their product.
    """
    if sum(array.size for array in arrays.values()) > MOST_MEASURED:
        return True
    given = {name: np.shape(value) for name, value in inputs.items()}
    shapes = {array.shape for array in arrays.values()} - set(given.values())
    after = [
        (array.shape, shape)
        for name, array in arrays.items()
        if (shape := given.get(name.partition(AFTER_THE_CALL)[0])) is not None
    ]
    if len(shapes) > MOST_SHAPES:
        return True
    return any(
        _broadcast_size(*it) > MOST_MADE for it in [*combinations(shapes, 2), *after]
    ) or any(_broadcast_size(*it) > MOST_MADE for it in combinations(shapes, 3))


def _broadcast_size(*shapes: tuple[int, ...]) -> int:
    """How many entries arrays of these shapes have after broadcasting; 0 if they do not fit."""
    entries = 1
    for lengths in zip_longest(*(shape[::-1] for shape in shapes), fillvalue=1):
        longer = set(lengths) - {1}
        if len(longer) > 1:
            return 0
        entries *= max(lengths)
    return entries


def no_array(returned: Returned) -> WrongType | None:
    """WrongType for the first value that is no array, since a measure needs arrays; else None."""
    for name, value in returned.values.items():
        if isinstance(value, NoArray):
            return WrongType(name, value.what, _("an array or a number"))
    return None


def compare(name: str, got: Array | NoArray, want: Array, tolerance: Tolerance) -> Outcome:
    """Exact shape, fitting kind of dtype, all finite, then the error within tolerance."""
    kind = KINDS[want.dtype.kind]
    if isinstance(got, NoArray):
        array = _("an array of {kind}").format(kind=_(kind))
        return WrongType(name, got.what, array if want.ndim else _("a number"))
    if name.startswith(SHAPE_OF) and _is_shape(got) and _is_shape(want):
        return _compare_shapes(name.removeprefix(SHAPE_OF), got, want)
    if got.shape != want.shape:
        return WrongShape(name, got.shape, want.shape)
    scalar_as_float = want.dtype.kind == "f" and want.ndim == 0 and got.dtype.kind in "iu"
    if KINDS[got.dtype.kind] != kind and not scalar_as_float:
        what = f"{_(KINDS[got.dtype.kind])} ({got.dtype}){_range(got)}"
        return WrongType(name, what, _(kind))
    finite = np.isfinite(got)
    if not finite.all():
        bad = _indices(~finite)
        return NotFinite(name, bad[0], float(got[bad[0]]), len(bad))
    within = close(got, want, tolerance)
    if within.all():
        return Passed()
    with np.errstate(over="ignore"):
        error = np.abs(got.astype(np.float64) - want.astype(np.float64))
    worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(error)), error.shape))
    return WrongValue(name, got, want, worst, int(np.sum(~within)))


def _is_shape(array: Array) -> bool:
    return array.ndim == 1 and array.dtype.kind in "iu" and array.size <= MOST_AXES


def _compare_shapes(name: str, got: Array, want: Array) -> Outcome:
    """Compares shapes that came back as values: a message shows them as the shapes they are."""
    returned, expected = (tuple(int(length) for length in array) for array in (got, want))
    return Passed() if returned == expected else WrongShape(name, returned, expected)


def _range(got: Array) -> str:
    """The range of integers in words; it shows pixels that were never divided by 255."""
    if got.dtype.kind not in "iu" or got.size < 2:
        return ""
    return " " + _("from {low} to {high}").format(low=got.min(), high=got.max())


def close(got: Array, want: Array, tolerance: Tolerance) -> NDArray[np.bool_]:
    """Which entries agree within the tolerance; one that is not finite must be the same.

    Integers and booleans agree only when they are equal.
    """
    a, b = got.astype(np.float64), want.astype(np.float64)
    finite = np.isfinite(b)
    scale = float(np.max(np.abs(b[finite]), initial=0.0))
    exact = want.dtype.kind != "f"
    allowed = 0.0 if exact else tolerance.absolute + tolerance.relative * scale
    with np.errstate(over="ignore", invalid="ignore"):
        near = np.abs(a - b) <= allowed
    return np.where(finite, near, (a == b) | (np.isnan(a) & np.isnan(b)))


def accuracy(
    returned: Returned, labels: Array, evidence: Mapping[str, Any], at_home: bool = False
) -> Accuracy | Outcome:
    """The share of right predictions in the one array of labels that came back.

    at_home: the bar is that of a self-check, which includes the margin, if the evidence has one.
    """
    if len(returned.judged) != 1:
        found = _("{n} arrays").format(n=len(returned.judged))
        return WrongType(_("labels"), found, _("one array of integers"))
    [predicted] = returned.judged.values()
    labels = labels.astype(np.int64)
    outcome = compare(_("labels"), predicted, labels, Tolerance(0.0, 0.0))
    if not isinstance(outcome, Passed | WrongValue):
        return outcome
    return Accuracy(
        share=float(np.mean(predicted == labels)),
        n=len(labels),
        bar=bar_at_home(evidence) if at_home else evidence["bar"],
        mean=evidence["mean"],
        spread=evidence["spread"],
        seeds=evidence["seeds"],
        graded=evidence["bar"] if at_home and "margin" in evidence else None,
        once_in=evidence["once_in"] if at_home and "margin" in evidence else None,
    )


def bar_at_home(evidence: Mapping[str, Any]) -> float:
    """The self-check's bar: grading's, and a margin on top if the network is of an own design."""
    bar: float = evidence["bar"]
    margin: float = evidence.get("margin", 0.0)
    return round(bar + margin, 3)


def _indices(where: Array) -> list[tuple[int, ...]]:
    return [tuple(int(i) for i in index) for index in np.argwhere(where)]
