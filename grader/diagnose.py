"""Which known misconception a wrong answer is, if it is exactly one's.

A wrong diagnosis is worse than none: an answer is only looked up among what the misconceptions of
the same probe answer on the same inputs, and must equal one of them in every array.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from grader.answer import Returned
from grader.check import ASIDE, Tolerance
from grader.judge import close
from grader.misconception import Misconception
from grader.outcome import Array

MOST_NAMED = 2  # misconceptions that a probe cannot tell apart and a message still names

Answers = Iterable[tuple[Misconception, Mapping[str, Array]]]


@dataclass(frozen=True)
class Diagnosis:
    """The one misconception that answers just so; or two: either would, or both together do."""

    mistakes: tuple[Misconception, ...]
    together: bool = False


def diagnose(returned: Returned, answers: Answers, tolerance: Tolerance) -> Diagnosis | None:
    """The misconceptions that answer just so; None where none does, or too many do."""
    found = [mistake for mistake, values in answers if same(returned, values, tolerance)]
    return Diagnosis(tuple(found)) if 0 < len(found) <= MOST_NAMED else None


def same(returned: Returned, values: Mapping[str, Array], tolerance: Tolerance) -> bool:
    """Whether every judged array that came back equals the other of its name."""
    judged = {name: got for name, got in returned.values.items() if not name.startswith(ASIDE)}
    return judged.keys() == values.keys() and all(
        isinstance(got, np.ndarray)
        and got.shape == values[name].shape
        and (got.dtype.kind == "f") == (values[name].dtype.kind == "f")
        and bool(np.all(close(got, values[name], tolerance)))
        for name, got in judged.items()
    )
