"""How a wrong array differs from the right one, in a sentence.

A pattern is stated only if undoing it gives the expected array.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from grader.check import Tolerance
from grader.diagnosis.shapes import explain_shape
from grader.judge import close
from grader.language import N_, _
from grader.outcome import (
    Array,
    LargeArray,
    NotFinite,
    Outcome,
    WrongShape,
    WrongType,
    WrongValue,
)
from grader.probe import Returned

Floats = NDArray[np.float64]

CLOSE = 1e-3  # relative to the largest entry; an explanation must fit much better than by chance
ALONE = 1e-5  # the same, where there are few entries
# Sentences on the only wrong row, column or index of an axis; the second of each pair is for the
# last one.
EXCEPT_FOR = (
    (
        N_("it is right except for row {n}"),
        N_("it is right except for row {n}, the last"),
    ),
    (
        N_("it is right except for column {n}"),
        N_("it is right except for column {n}, the last"),
    ),
    (
        N_("it is right except for index {n} of axis {axis}"),
        N_("it is right except for index {n} of axis {axis}, the last"),
    ),
)
FEWEST = 4  # entries that an explanation must fit: with fewer, chance fits as well


def explain_numbers(
    outcome: Outcome,
    n_samples: int | None,
    returned: Returned | None = None,
    expected: Mapping[str, Array] | None = None,
) -> str | None:
    """One sentence on how the wrong array differs from the right one; None where nothing fits.

    n_samples: size of the batch that the probe gave, where it gave one.
    returned, expected: what came back and what should have; a shape alone says little.
    """
    if isinstance(outcome, NotFinite):
        return None
    if isinstance(outcome, WrongShape | WrongType):
        got = returned.arrays.get(outcome.name) if returned else None
        right = (expected or {}).get(outcome.name)
        if got is None or right is None:
            return None
        if isinstance(outcome, WrongShape):
            return explain_shape(got, right)
        return _of_another_type(got, right, n_samples)
    if isinstance(outcome, WrongValue):
        if isinstance(outcome.returned, LargeArray) or isinstance(outcome.expected, LargeArray):
            return None  # a report's array, of which there is only one entry
        mine: Floats = outcome.returned.astype(np.float64)
        due: Floats = outcome.expected.astype(np.float64)
        return next(_sentences(mine, due, n_samples), None)
    return None


def _of_another_type(got: Array, want: Array, n_samples: int | None) -> str | None:
    """A sentence on numbers of a wrong type, if they are right or rounded down; else None."""
    mine: Floats = got.astype(np.float64)
    right: Floats = want.astype(np.float64)
    if _fits(mine, right, right):
        return _("the numbers are right, only their type is not")
    if got.dtype.kind in "iu" and want.dtype.kind == "f":
        if np.array_equal(mine, np.floor(right)) and got.size >= FEWEST:
            if not mine.any():
                return _("every entry is 0: what is left of a fraction that is rounded down?")
            return _("these are the right numbers, each rounded down to a whole one")
        return next(_sentences(mine, right, n_samples), None)
    return None


def _sentences(got: Floats, want: Floats, n_samples: int | None) -> Iterator[str]:
    """The explanations that fit, the most telling first."""
    if np.ptp(got) == 0 and np.ptp(want) > 0 and got.size >= FEWEST:
        yield _("every entry is {value}").format(value=f"{got.flat[0]:.5g}")
        return
    factor = _ratio(got, want, n_samples)
    if factor is not None:
        yield _times(factor, n_samples)
    if not _fits(got, want, want):  # of what is nearly right, these would always be true
        yield from _moved(got, want)
        yield from _only_some(got, want)
    if got.size >= FEWEST and np.ptp(want) > 0:
        difference = got - want
        within = min(CLOSE, abs(difference.mean()) / float(np.max(np.abs(want))) / 10)
        if _fits(difference, np.full_like(difference, difference.mean()), want, within):
            said = _("every entry is too large by the same {value}")
            yield said.format(value=f"{difference.mean():.5g}")


def _ratio(got: Floats, want: Floats, n: int | None) -> float | None:
    """The factor between the arrays, where there is one.

    n: size of the batch. Between two single numbers there always is a factor: only n and a few
    others are told.
    """
    power, nonzero = float(np.sum(want * want)), np.count_nonzero(want)
    if power == 0.0 or (want.size > 1 and nonzero < 3):
        return None  # any factor fits zeros
    factor = float(np.sum(got * want)) / power
    few = (-1.0, 2.0, 0.5, *((n, 1 / n) if n and n > 2 else ()))
    if want.size == 1 and not any(np.isclose(factor, known, ALONE, 0.0) for known in few):
        return None
    # That it is nearly 1 times what is due says nothing, unless the factor fits better than 1 does.
    within = min(CLOSE if nonzero >= FEWEST else ALONE, abs(1 - factor) / 10)
    return factor if factor != 0.0 and _fits(got, factor * want, got, within) else None


def _times(factor: float, n: int | None) -> str:
    if np.isclose(factor, -1.0, CLOSE):
        return _("the sign is the other way round")
    if n and n > 1 and np.isclose(abs(factor), n, CLOSE):
        said = _("it is {n} times too large, as if each of the {n} samples counted in full")
        return said.format(n=n)
    if n and n > 1 and np.isclose(abs(factor), 1 / n, CLOSE):
        return _(
            "it is {n} times too small, as if it were divided by the {n} samples once too often"
        ).format(n=n)
    inverse = 1 / factor
    if 1.5 < abs(inverse) < 1 / CLOSE and np.isclose(inverse, round(inverse), CLOSE):
        return _("every entry is 1/{n} of what it should be").format(n=round(inverse))
    return _("every entry is {factor} times what it should be").format(factor=f"{factor:.4g}")


def _moved(got: Floats, want: Floats) -> Iterator[str]:
    """Sentences for an array with the right entries at wrong indices."""
    if got.size < FEWEST:
        return
    if got.ndim == 2 and got.shape[0] == got.shape[1] and _fits(got, want.T, want):
        yield _("it is right after transposing")
    for axis in range(got.ndim):
        if got.shape[axis] > 1 and _fits(got, np.flip(want, axis), want):
            yield _("it is right, but reversed along axis {axis}").format(axis=axis)
    if got.ndim >= 2 and _fits(got, np.flip(want, (0, 1)), want):
        yield _("it is right, but reversed along both of its first axes")
    for axis in range(got.ndim):
        for shift in (1, -1):
            if got.shape[axis] > 2 and _fits(got, np.roll(want, shift, axis), want):
                said = _("it is right, but shifted by one along axis {axis}")
                yield said.format(axis=axis)
    if _fits(np.sort(got, axis=None), np.sort(want, axis=None), want):
        yield _("the numbers are right, but they stand in other places")


def _only_some(got: Floats, want: Floats) -> Iterator[str]:
    """Sentences for an array that is right except for one row or column, or for the border."""
    wrong = ~_close(got, want, want)
    if got.ndim == 0 or got.size < FEWEST:
        return
    for axis in range(got.ndim if got.ndim > 1 else 0):
        at = np.flatnonzero(wrong.any(axis=tuple(i for i in range(got.ndim) if i != axis)))
        if len(at) == 1 and got.shape[axis] > 2:
            is_last = bool(at[0] == got.shape[axis] - 1)
            of = axis if got.ndim == 2 else 2
            yield _(EXCEPT_FOR[of][is_last]).format(n=at[0], axis=axis)
    if got.ndim == 4 and min(got.shape[1:3]) > 2 and not wrong[:, 1:-1, 1:-1].any():
        yield _("it is right inside and wrong at the border")


def _close(a: Floats, b: Floats, like: Floats, within: float = CLOSE) -> NDArray[np.bool_]:
    return close(a, b, Tolerance(0.0, within * float(np.max(np.abs(like), initial=0.0))))


def _fits(a: Floats, b: Floats, like: Floats, within: float = CLOSE) -> bool:
    return bool(np.all(_close(a, b, like, within)))
