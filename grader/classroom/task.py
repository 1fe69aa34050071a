"""One student's work, as it travels to whoever grades it, and the grades that come back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from grader.submission import Handed

Grade: TypeAlias = dict[str, Any]  # one line of results.jsonl: a student and a brick
Mark: TypeAlias = "Callable[[Task], list[Grade]]"


@dataclass(frozen=True)
class Task:
    """What was handed in, by brick (or why it cannot be used), and which bricks are to be graded.

    Bricks that are graded already travel as well: others build on them.
    """

    student: str
    handed: Handed
    bricks: tuple[str, ...]
