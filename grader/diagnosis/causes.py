"""Causes that are measured: a slip is undone in what came back, and the expected values appear.

Each function looks for one kind of slip in any brick; none knows a brick. If undoing the slip does
not give the expected values, the function says nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.check import ASIDE
from grader.diagnosis.shapes import same
from grader.language import N_, _
from grader.outcome import (
    AFTER_THE_CALL,
    Array,
    LargeArray,
    Outcome,
    WrongShape,
    WrongType,
    WrongValue,
)
from grader.probe import Returned

FEWEST = 4  # entries: with fewer, chance fits as well
MOST_RETURNED = 3  # values that may have come back in another order
EXACT = 1e-5  # of a ratio of single numbers
Floats = NDArray[np.float64]


def measured_cause(
    outcome: Outcome,
    returned: Returned,
    expected: Mapping[str, Array],
    inputs: Mapping[str, Any],
) -> str | None:
    """One sentence, or None. inputs: those that the probe was given."""
    found = (
        *_changed(outcome, inputs),
        *_in_another_order(outcome, returned, expected),
        *_of_an_input(outcome, inputs),
        *_not_passed_through(outcome, returned, expected),
        *_moved_too_far(outcome, returned, expected, inputs),
    )
    return next(iter(found), None)


def _changed(outcome: Outcome, inputs: Mapping[str, Any]) -> Iterator[str]:
    name = getattr(outcome, "name", "")
    if not (isinstance(outcome, WrongValue) and name.endswith(AFTER_THE_CALL)):
        return
    what = name.removesuffix(AFTER_THE_CALL)
    if what in inputs:
        yield _(
            "the call changed its argument {name}: its caller finds other numbers in it"
        ).format(name=what)
    else:
        yield _("the call changed {name}, which it must leave as it was").format(name=what)


def _in_another_order(
    outcome: Outcome, returned: Returned, expected: Mapping[str, Array]
) -> Iterator[str]:
    """Values of one tuple, each right under the name of another."""
    if not isinstance(outcome, WrongShape | WrongType | WrongValue):
        return
    names = [
        name
        for name in expected
        if not name.startswith(ASIDE) and not name.endswith(AFTER_THE_CALL)
    ]
    arrays = returned.arrays
    if not 2 <= len(names) <= MOST_RETURNED or any(name not in arrays for name in names):
        return
    for order in permutations(names):
        moved = sum(a != b for a, b in zip(names, order, strict=True))
        if moved and all(
            arrays[place].shape == expected[name].shape
            and same(arrays[place].astype(np.float64), expected[name].astype(np.float64))
            for place, name in zip(names, order, strict=True)
        ):
            came = ", ".join(order)
            yield _("right, but in another order: ({came}) came back for ({due})").format(
                came=came, due=", ".join(names)
            )


def _of_an_input(outcome: Outcome, inputs: Mapping[str, Any]) -> Iterator[str]:
    """A shape that is that of an input, or a length that is that of an input's other axis."""
    if not isinstance(outcome, WrongShape):
        return
    arrays = {name: it for name, it in inputs.items() if isinstance(it, np.ndarray) and it.ndim}
    owners = [name for name, it in arrays.items() if it.shape == outcome.returned and it.ndim > 1]
    if len(owners) == 1:
        yield _("it has the shape of {name}").format(name=owners[0])
    if len(outcome.returned) == len(outcome.expected) == 1:
        [got], [want] = outcome.returned, outcome.expected
        tables = {name: it.shape for name, it in arrays.items() if it.ndim == 2}
        for said, of_mine, of_right in (
            (
                _(
                    "one number came for each of the {got} columns of {name}, and one is due for "
                    "each of its {want} rows"
                ),
                1,
                0,
            ),
            (
                _(
                    "one number came for each of the {got} rows of {name}, and one is due for "
                    "each of its {want} columns"
                ),
                0,
                1,
            ),
        ):
            fits = [n for n, s in tables.items() if s[of_mine] == got and s[of_right] == want]
            if len(fits) == 1:
                yield said.format(got=got, name=fits[0], want=want)


def _softmax(z: Floats) -> Floats:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(np.where(z >= 0, 1.0, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z))))


# Functions that make the expected result of what came back, each with the sentence on that.
STEPS: tuple[tuple[Callable[[Floats], Floats], str], ...] = (
    (
        _softmax,
        N_(
            "the softmax of what came back is the expected result: these are scores, no "
            "probabilities"
        ),
    ),
    (
        _sigmoid,
        N_("the sigmoid of what came back is the expected result: it has not gone through one"),
    ),
    (
        lambda p: _softmax(np.log(p) - np.log1p(-p)),
        N_("each entry went through a sigmoid by itself, where a softmax of the row is expected"),
    ),
    (
        lambda z: np.maximum(z, 0.0),
        N_("the entries that should be 0 are negative; all others are right"),
    ),
)


def _not_passed_through(
    outcome: Outcome, returned: Returned, expected: Mapping[str, Array]
) -> Iterator[str]:
    pair = _floats(outcome)
    if pair is None or pair[0].size < FEWEST or pair[0].ndim == 0:
        return
    got, want = pair
    if np.ptp(want) == 0:
        return
    for step, says in STEPS:
        with np.errstate(all="ignore"):
            through = step(got)
        if np.all(np.isfinite(through)) and same(through, want) and not same(through, got):
            yield _(says)


def _moved_too_far(
    outcome: Outcome, returned: Returned, expected: Mapping[str, Array], inputs: Mapping[str, Any]
) -> Iterator[str]:
    """How far a parameter moved in a step, and in which direction, against the expected move."""
    pair, rate = _floats(outcome), inputs.get("learning_rate")
    if pair is None or not isinstance(rate, float):
        return
    got, want = pair
    name = getattr(outcome, "name", "").split()[0].split(".")[-1]
    starts = [np.asarray(inputs[name], np.float64)] if name in inputs else []
    for start in [*starts, np.zeros_like(want)]:
        if start.shape != want.shape:
            continue
        ratio = _ratio(got - start, want - start)
        if ratio is None:
            continue
        if np.isclose(ratio, 1 / rate, EXACT, 0.0) and not np.isclose(rate, 1.0):
            said = _("it moved by its whole gradient: is learning_rate = {rate} used?")
            yield said.format(rate=f"{rate:g}")
        elif np.isclose(ratio, -1.0, EXACT, 0.0):
            yield _("it moved as far as it should, but the other way: uphill")
        elif np.isclose(ratio, 0.0, 0.0, EXACT):
            yield _("it did not move")
        else:
            yield from _once_for_each(ratio, inputs)


def _once_for_each(ratio: float, inputs: Mapping[str, Any]) -> Iterator[str]:
    table = next(
        (it for it in inputs.values() if isinstance(it, np.ndarray) and it.ndim == 2), None
    )
    if table is None:
        return
    rows, columns = table.shape
    if rows != columns and np.isclose(ratio, columns, EXACT, 0.0):
        said = _("it moved {n} times too far, as if once for each of the {n} inputs")
        yield said.format(n=columns)
    elif rows != columns and np.isclose(ratio, rows, EXACT, 0.0):
        said = _("it moved {n} times too far, as if once for each of the {n} samples")
        yield said.format(n=rows)


def _ratio(got: Floats, want: Floats) -> float | None:
    power = float(np.sum(want * want))
    if power == 0.0:
        return None
    factor = float(np.sum(got * want)) / power
    scale = float(np.max(np.abs(want))) * max(1.0, abs(factor))
    return factor if float(np.max(np.abs(got - factor * want))) <= EXACT * scale else None


def _floats(outcome: Outcome) -> tuple[Floats, Floats] | None:
    if not isinstance(outcome, WrongValue):
        return None
    got, want = outcome.returned, outcome.expected
    if isinstance(got, LargeArray) or isinstance(want, LargeArray) or want.dtype.kind != "f":
        return None
    return got.astype(np.float64), want.astype(np.float64)
