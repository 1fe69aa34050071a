"""Why a wrong answer is wrong: a known misconception, or else what its numbers say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.check import ASIDE, SLOPE, Check, Tolerance
from grader.diagnosis.exact import Diagnosis
from grader.judge import close, compare
from grader.note import NOTE, as_text
from grader.outcome import Array, LargeArray, NotFinite, Outcome, Passed, WrongShape, WrongValue
from grader.printable import one_line
from grader.probe import NoArray, Returned
from grader.repair.kinds import Repair

Floats = NDArray[np.float64]

CLOSE = 1e-3  # relative to the largest entry; an explanation must fit much better than by chance
MAX_NOTE = 300  # characters
FEWEST = 4  # entries that an explanation must fit: with fewer, chance fits as well


@dataclass(frozen=True)
class Where:
    """The only function with which, replaced by the reference's, a check passes.

    right: the part that failed and that is right; empty where the function belongs to it.
    """

    wrong: str
    right: str


@dataclass(frozen=True)
class Explanation:
    """What can be said of a wrong answer beyond the answer itself; each part may be missing.

    diagnosis  the known misconception
    numbers    a sentence on how the array differs from the right one
    departs    the first value on the way to the result that is not right, and what it is
    slope      how fast the student's own loss changes along the worst entry of a gradient
    note       a sentence that came back beside the values
    repair     where one small edit makes all quick checks of the brick pass
    where      the function that is at fault
    """

    diagnosis: Diagnosis | None = None
    numbers: str | None = None
    departs: Outcome | None = None
    slope: float | None = None
    note: str | None = None
    repair: Repair | None = None
    where: Where | None = None


def explanation(
    check: Check,
    outcome: Outcome,
    returned: Returned,
    expected: Mapping[str, Array],
    n_samples: int | None,
    diagnosis: Diagnosis | None,
) -> Explanation:
    """The explanation. What the numbers say is found only where no misconception fits."""
    with np.errstate(all="ignore"):  # the student's numbers may overflow
        return Explanation(
            diagnosis,
            None if diagnosis else explain_numbers(outcome, n_samples),
            first_departure(check, returned, expected),
            slope_at_worst(outcome, returned),
            note_of(returned),
        )


def note_of(returned: Returned) -> str | None:
    """The note among the values, where there is one; a student's process may have written it."""
    note = returned.values.get(NOTE)
    if note is None or isinstance(note, NoArray):
        return None
    return one_line(as_text(note.ravel()[: 4 * MAX_NOTE]), MAX_NOTE) or None


def first_departure(
    check: Check, returned: Returned, expected: Mapping[str, Array]
) -> Outcome | None:
    """The first aside that differs from the reference's; slopes and a note are no steps."""
    for name, want in expected.items():
        is_step = name.startswith(ASIDE) and not name.startswith((SLOPE, NOTE))
        if is_step and name in returned.values:
            outcome = compare(
                name.removeprefix(ASIDE), returned.values[name], want, check.tolerance
            )
            if not isinstance(outcome, Passed):
                return outcome
    return None


def slope_at_worst(outcome: Outcome, returned: Returned) -> float | None:
    """The numeric gradient at the entry where the analytic one is worst."""
    if not isinstance(outcome, WrongValue):
        return None
    slopes = returned.values.get(SLOPE + outcome.name)
    if slopes is None or isinstance(slopes, NoArray) or slopes.shape != outcome.expected.shape:
        return None
    return float(slopes[outcome.worst])


def explain_numbers(outcome: Outcome, n_samples: int | None) -> str | None:
    """One sentence on how the wrong array differs from the right one; None where nothing fits.

    n_samples: size of the batch that the probe gave, where it gave one.
    """
    if isinstance(outcome, WrongShape):
        return _shape(outcome.returned, outcome.expected)
    if isinstance(outcome, NotFinite):
        return None
    if isinstance(outcome, WrongValue):
        if isinstance(outcome.returned, LargeArray) or isinstance(outcome.expected, LargeArray):
            return None  # a report's array, of which there is only one entry
        got = outcome.returned.astype(np.float64)
        want = outcome.expected.astype(np.float64)
        return next(_sentences(got, want, n_samples), None)
    return None


def _sentences(got: Floats, want: Floats, n_samples: int | None) -> Iterator[str]:
    """The explanations that fit, the most telling first."""
    if np.ptp(got) == 0 and np.ptp(want) > 0 and got.size >= FEWEST:
        yield f"every entry is {got.flat[0]:.5g}"
        return
    factor = _ratio(got, want)
    if factor is not None:
        yield _times(factor, n_samples)
    yield from _moved(got, want)
    yield from _only_some(got, want)
    if got.size >= FEWEST and np.ptp(want) > 0:
        difference = got - want
        if _fits(difference, np.full_like(difference, difference.mean()), want):
            yield f"every entry is too large by the same {difference.mean():.5g}"


def _ratio(got: Floats, want: Floats) -> float | None:
    """The factor between the arrays, where there is one."""
    power = float(np.sum(want * want))
    if power == 0.0 or (want.size < FEWEST and want.size > 1):
        return None
    factor = float(np.sum(got * want)) / power
    if want.size == 1 and not any(np.isclose(factor, known, CLOSE) for known in (-1.0, 2.0, 0.5)):
        return None
    return factor if factor != 0.0 and _fits(got, factor * want, got) else None


def _times(factor: float, n: int | None) -> str:
    if np.isclose(factor, -1.0, CLOSE):
        return "the sign is the other way round"
    if n and n > 1 and np.isclose(abs(factor), n, CLOSE):
        return f"it is {n} times too large, as if each of the {n} samples counted in full"
    if n and n > 1 and np.isclose(abs(factor), 1 / n, CLOSE):
        return f"it is {n} times too small, as if it were divided by the {n} samples twice"
    inverse = 1 / factor
    if 1 < abs(inverse) < 1 / CLOSE and np.isclose(inverse, round(inverse), CLOSE):
        return f"every entry is 1/{round(inverse)} of what it should be"
    return f"every entry is {factor:.4g} times what it should be"


def _moved(got: Floats, want: Floats) -> Iterator[str]:
    """Sentences for the right entries at other indices."""
    if got.size < FEWEST:
        return
    if got.ndim == 2 and got.shape[0] == got.shape[1] and _fits(got, want.T, want):
        yield "it is right after transposing"
    for axis in range(got.ndim):
        if got.shape[axis] > 1 and _fits(got, np.flip(want, axis), want):
            yield f"it is right, but reversed along axis {axis}"
    if got.ndim >= 2 and _fits(got, np.flip(want, (0, 1)), want):
        yield "it is right, but reversed along both of its first axes"
    for axis in range(got.ndim):
        for shift in (1, -1):
            if got.shape[axis] > 2 and _fits(got, np.roll(want, shift, axis), want):
                yield f"it is right, but shifted by one along axis {axis}"
    if _fits(np.sort(got, axis=None), np.sort(want, axis=None), want):
        yield "the numbers are right, but they stand in other places"


def _only_some(got: Floats, want: Floats) -> Iterator[str]:
    """Sentences for an array that is right except for one row or column, or for the border."""
    wrong = ~_close(got, want, want)
    if got.ndim == 0 or got.size < FEWEST:
        return
    for axis in range(got.ndim if got.ndim > 1 else 0):
        at = np.flatnonzero(wrong.any(axis=tuple(i for i in range(got.ndim) if i != axis)))
        if len(at) == 1 and got.shape[axis] > 2:
            where = (
                f"{('row', 'column')[axis]} {at[0]}"
                if got.ndim == 2
                else (f"index {at[0]} of axis {axis}")
            )
            last = ", the last" if at[0] == got.shape[axis] - 1 else ""
            yield f"it is right except for {where}{last}"
    if got.ndim == 4 and min(got.shape[1:3]) > 2 and not wrong[:, 1:-1, 1:-1].any():
        yield "it is right inside and wrong at the border"


def _shape(got: tuple[int, ...], want: tuple[int, ...]) -> str | None:
    if len(got) == len(want):
        if got == want[::-1] and len(got) > 1:
            return "the axes are in the reverse order"
        if sorted(got) == sorted(want):
            return "the axes are in another order"
        off = {i: got[i] - want[i] for i in range(len(got)) if got[i] != want[i]}
        for by, many in ((1, "many"), (-1, "few")):
            if set(off.values()) == {by}:
                return f"there is one too {many} along axis {' and '.join(map(str, off))}"
    if tuple(d for d in got if d != 1) == tuple(d for d in want if d != 1):
        return "only axes of length 1 differ"
    if got == ():
        return "a single number came back: was it summed or averaged over everything?"
    if len(got) == len(want) - 1:
        missing = [i for i in range(len(want)) if got == want[:i] + want[i + 1 :]]
        if missing:
            return f"axis {missing[0]}, of length {want[missing[0]]}, is gone"
    return None


def _close(a: Floats, b: Floats, like: Floats) -> NDArray[np.bool_]:
    return close(a, b, Tolerance(0.0, CLOSE * float(np.max(np.abs(like), initial=0.0))))


def _fits(a: Floats, b: Floats, like: Floats) -> bool:
    return bool(np.all(_close(a, b, like)))
