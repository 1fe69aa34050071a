"""Misconceptions: named wrong versions of a brick, each a small override of the reference."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

Patch = Callable[[ModuleType], None]


@dataclass(frozen=True)
class Misconception:
    """A mistake that students really make.

    says   one sentence that tells the student what they did.
    asks   a question that leads on, never the fix.
    idea   the idea of the course that it touches: model, loss, backpropagation, ...
    patch  changes a fresh reference module into one with the mistake.
    """

    id: str
    says: str
    asks: str
    idea: str
    patch: Patch | None = None  # a student's kit has the recorded answers, not the mistake


def misconception(says: str, asks: str, idea: str) -> Callable[[Patch], Misconception]:
    """Makes the decorated patch a misconception; its id is the function's name with dashes."""
    return lambda patch: Misconception(patch.__name__.replace("_", "-"), says, asks, idea, patch)
