"""Explains a wrong shape, if the entries confirm it: undoing the slip gives the expected array."""

from collections.abc import Callable, Iterator
from itertools import islice, permutations, product

import numpy as np
from numpy.typing import NDArray

from grader.check import FLOAT32
from grader.judge import close
from grader.language import N_, _
from grader.outcome import Array

MOST_AXES = 4
MOST_STARTS = 100  # places where the right array may stand in a larger one
MOST_TIMES = 1_000  # how many times the expected entries an array may have, to be explained
REDUCTIONS: dict[str, Callable[..., NDArray[np.float64]]] = {
    N_("the sum"): np.sum,
    N_("the mean"): np.mean,
    N_("the largest entry"): np.max,
}


def explain_shape(got: Array, want: Array) -> str | None:
    """One sentence on an array of another shape; None where nothing fits."""
    if got.size == 0 or want.size == 0 or got.dtype.kind not in "biuf":
        return None
    if got.size > MOST_TIMES * max(want.size, MOST_TIMES):
        return None
    return next(_sentences(got.astype(np.float64), want.astype(np.float64)), None)


def _sentences(got: NDArray[np.float64], want: NDArray[np.float64]) -> Iterator[str]:
    if np.ptp(want) == np.ptp(got) == 0:
        return  # any explanation fits equal numbers
    if got.size == want.size:
        yield from _same_entries(got, want)
    if got.ndim > want.ndim:
        yield from _not_reduced(got, want)
    if got.ndim < want.ndim:
        yield from _reduced(got, want)
    if got.ndim == want.ndim:
        yield from _cut(got, want)


def _same_entries(got: NDArray[np.float64], want: NDArray[np.float64]) -> Iterator[str]:
    if _without_ones(got.shape) == _without_ones(want.shape):
        if same(got.reshape(want.shape), want):
            yield _("the numbers are right; only axes of length 1 differ")
        return
    if got.ndim == want.ndim <= MOST_AXES:
        for order in permutations(range(got.ndim)):
            if got.transpose(order).shape == want.shape and same(got.transpose(order), want):
                if order == (*range(got.ndim),)[::-1]:
                    yield _("the numbers are right, with the axes in the reverse order")
                else:
                    yield _("the numbers are right, with the axes in another order")
    if same(got.reshape(want.shape), want):
        yield _("the numbers are right and in the right order; only the shape is another")


def _not_reduced(got: NDArray[np.float64], want: NDArray[np.float64]) -> Iterator[str]:
    """An axis that should have been summed, or averaged."""
    if want.ndim == 0:
        for word, reduce in REDUCTIONS.items():
            if same(reduce(got), want):
                said = _("{what} of these {n} numbers would be right")
                yield said.format(what=_(word), n=got.size)
        return
    for axis in range(got.ndim):
        for word, reduce in REDUCTIONS.items():
            if same(reduce(got, axis=axis), want):
                said = _("{what} along its axis {axis} would be right")
                yield said.format(what=_(word), axis=axis)


def _reduced(got: NDArray[np.float64], want: NDArray[np.float64]) -> Iterator[str]:
    """An axis that was summed, or averaged, and should not have been."""
    for word, reduce in REDUCTIONS.items():
        if got.ndim == 0 and want.size > 1 and same(reduce(want), got):
            said = _("it is {what} of all {n} numbers that should have come back")
            yield said.format(what=_(word), n=want.size)
    for axis in range(want.ndim if got.ndim else 0):
        for word, reduce in REDUCTIONS.items():
            if want.shape[axis] > 1 and same(reduce(want, axis=axis), got):
                said = _("it is {what} of the right array along axis {axis}")
                yield said.format(what=_(word), axis=axis)


def _cut(got: NDArray[np.float64], want: NDArray[np.float64]) -> Iterator[str]:
    """Rows or columns that are missing at an end, or that are too many there."""
    axes = [i for i in range(got.ndim) if got.shape[i] != want.shape[i]]
    shorter = all(got.shape[i] < want.shape[i] for i in axes)
    longer = all(got.shape[i] > want.shape[i] for i in axes)
    if not axes or not (shorter or longer):
        return
    small, large = (got, want) if shorter else (want, got)
    if small.size < MOST_AXES:
        return
    ends = {
        "end": _("{n} at the end of axis {axis}"),
        "start": _("{n} at the start of axis {axis}"),
    }
    for end, at in ends.items():
        part = tuple(
            slice(0, small.shape[i])
            if end == "end"
            else slice(large.shape[i] - small.shape[i], None)
            for i in range(got.ndim)
        )
        if same(large[part], small):
            many = _(" and ").join(
                at.format(n=large.shape[i] - small.shape[i], axis=i) for i in axes
            )
            if shorter:
                yield _("the rest is right, but {many} are missing").format(many=many)
            else:
                yield _("the rest is right, but {many} are too many").format(many=many)
    if longer:
        over = [range(got.shape[i] - want.shape[i] + 1) for i in range(got.ndim)]
        for start in islice(product(*over), MOST_STARTS):
            if same(got[tuple(map(slice, start, np.add(start, want.shape)))], want):
                said = _("the right array stands inside it, from {index} on")
                yield said.format(index=list(start))


def same(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    """Whether two arrays are equal within what float32 rounds."""
    return np.shape(a) == np.shape(b) and bool(np.all(close(np.asarray(a), np.asarray(b), FLOAT32)))


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)
