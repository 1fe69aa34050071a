"""Finds the known misconception that gives exactly a wrong answer.

A wrong diagnosis is worse than none: an answer is compared only with the misconceptions' answers
to the same probe on the same inputs, and must equal one of them in every array.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.check import Check, Tolerance
from grader.expected import Answers
from grader.judge import close
from grader.misconception import Misconception
from grader.outcome import Array
from grader.probe import NoArray, Returned

MOST_NAMED = 2  # misconceptions with the same answer; of more, a message names none


@dataclass(frozen=True)
class Diagnosis:
    """One misconception that gives this answer, or two: each gives it alone, or both together."""

    mistakes: tuple[Misconception, ...]
    together: bool = False

    @property
    def certain(self) -> bool:
        return len(self.mistakes) == 1

    def narrowed(self, known: Sequence[Misconception]) -> "Diagnosis":
        """Only the mistake that an earlier check has shown, if that is one of several."""
        seen = tuple(mistake for mistake in self.mistakes if mistake in known)
        return Diagnosis(seen) if len(seen) == 1 and not self.together else self

    @property
    def shown(self) -> bool:
        """Whether the answer shows all of these mistakes; otherwise it shows one or the other."""
        return self.certain or self.together


def diagnose(
    returned: Returned,
    alone: Iterable[tuple[Misconception, Answers]],
    on_top: Iterable[tuple[Misconception, Misconception, Answers]],
    tolerance: Tolerance,
    agrees: Callable[[Misconception], bool] = lambda mistake: True,
) -> Diagnosis | None:
    """The misconception that gives this answer; None if none gives it, or too many do.

    alone: misconceptions with their answers.
    on_top: a misconception that an earlier check shows, one more, and the answer of both together;
            it is read only if no misconception fits alone.
    agrees: whether a misconception agrees with all other checks that ran.
    """
    judged = returned.judged
    found = [it for it, values in alone if same(judged, values, tolerance) and agrees(it)]
    if found:
        return Diagnosis(tuple(found)) if len(found) <= MOST_NAMED else None
    pairs: dict[frozenset[str], tuple[Misconception, Misconception]] = {}
    for one, two, values in on_top:
        if same(judged, values, tolerance) and agrees(one) and agrees(two):
            pairs.setdefault(frozenset((one.id, two.id)), (one, two))  # the order does not matter
    return Diagnosis(next(iter(pairs.values())), together=True) if len(pairs) == 1 else None


def gives(returned: Returned, answer: Answers, check: Check) -> bool:
    """Whether the returned values equal that answer, within the check's tolerance."""
    return same(returned.judged, answer, check.tolerance)


def same(got: Mapping[str, Array | NoArray], other: Answers, tolerance: Tolerance) -> bool:
    """Whether all arrays are equal within the tolerance, name by name."""
    return got.keys() == other.keys() and all(
        isinstance(array, np.ndarray)
        and array.shape == other[name].shape
        and (array.dtype.kind == "f") == (other[name].dtype.kind == "f")
        and bool(np.all(close(array, other[name], tolerance)))
        for name, array in got.items()
    )
