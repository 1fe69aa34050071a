"""Decides whether two wrong answers are the same answer.

All students of a grading get the same inputs, so equal mistakes give equal values, except for
rounding. Two answers are the same only if they are the same outcome of the same check and nothing
that is stored of them differs. An answer of which too little is stored is like no other.
"""

import hashlib
import math
import re
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.outcome import (
    Array,
    BelowBar,
    CellStopped,
    Crashed,
    LargeArray,
    Line,
    Missing,
    NotFinite,
    Outcome,
    Raised,
    TooSlow,
    Unloadable,
    WrongShape,
    WrongSignature,
    WrongType,
    WrongValue,
    kind,
)
from grader.report.withheld import NAME_WITHHELD, WHY_WITHHELD, WITHHELD

CLOSE = 1e-5  # of the largest entry: float32 and other orders of summation stay below
# An id has the values in steps of this share of the largest entry, and that entry's logarithm in
# steps of this size. It is no round number, so that a share such as 1/2 does not lie between two
# steps, where rounding errors would decide.
STEP = 0.012345678
Numbers = NDArray[np.float64]
DIGITS = 6
ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")


@dataclass(frozen=True, eq=False)
class Answer:
    """A wrong answer as it is stored: facts that must be equal, and values that must be close."""

    facts: Hashable
    values: Numbers | None = None

    def same(self, other: "Answer") -> bool:
        """Whether both are the same answer, as far as it is stored."""
        if self.facts != other.facts or (self.values is None) != (other.values is None):
            return False
        if self.values is None or other.values is None:
            return True
        return self.values.shape == other.values.shape and _close(self.values, other.values)

    @property
    def digest(self) -> str:
        """Some letters for an id: the same for the same answer in another grading."""
        parts = [repr(self.facts)]
        if self.values is not None:
            scale = _scale(self.values)
            with np.errstate(all="ignore"):
                steps = np.round(self.values / (STEP * scale)) + 0.0  # -0.0 becomes 0.0
            parts.append(repr((round(math.log(scale) / STEP), steps.tolist())))
        text = "\n".join(parts).encode("utf-8", "replace")
        return hashlib.sha256(text).hexdigest()[:DIGITS]


def answer_of(outcome: Outcome) -> Answer | None:
    """The parts of a wrong answer that can be compared; None if too little of it is stored."""
    what = kind(outcome)
    match outcome:
        case WrongValue(name, returned, expected, worst, n_wrong, right):
            if isinstance(returned, LargeArray):
                facts = (what, name, returned.shape, expected.shape, worst, n_wrong, right)
                return Answer(facts, _numbers(returned.worst))
            return Answer((what, name, returned.shape, expected.shape, right), _numbers(returned))
        case WrongShape(name, returned, expected):
            return Answer((what, name, returned, expected))
        case WrongType(name, returned, expected):
            return Answer((what, name, returned, expected))
        case NotFinite(name, index, value, n_bad):
            return Answer((what, name, index, str(value), n_bad))
        case Raised(error, message) if message != WITHHELD:
            return Answer((what, error, ADDRESS.sub("0x", message)))
        case Missing(name, never_set_on) if name != NAME_WITHHELD:
            return Answer((what, name, never_set_on))
        case WrongSignature(message) if message != WITHHELD:
            return Answer((what, message))
        case TooSlow(_, _, lines, _, repeats) if lines:
            return Answer((what, _code(lines[-1]), repeats))
        case Unloadable(_, reason, lines) | CellStopped(_, _, reason, lines) if (
            WITHHELD not in reason
        ):
            return Answer((what, ADDRESS.sub("0x", reason), *map(_code, lines[-1:])))
        case Crashed(reason) if reason != WHY_WITHHELD:
            return Answer((what, reason))
        case BelowBar(best, _, confusion) if confusion is not None:
            return Answer((what, best.share, best.n, confusion.confusion.tobytes()))
    return None


def _numbers(values: Array) -> Numbers:
    return np.asarray(values, np.float64)


def _scale(values: Numbers) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max(initial=0.0)) or 1.0


def _close(one: Numbers, other: Numbers) -> bool:
    most = CLOSE * max(_scale(one), _scale(other))
    with np.errstate(all="ignore"):
        return bool(np.all((np.abs(one - other) <= most) | (one == other)))


def _code(line: Line) -> tuple[str, str]:
    return line.function, " ".join(line.text.split())
