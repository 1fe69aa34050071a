"""One student's work, as it travels to whoever grades it, and the reports that come back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from grader.report import Report
from grader.submission import Handed

Mark: TypeAlias = "Callable[[Task], list[Report]]"


@dataclass(frozen=True)
class Task:
    """What was handed in, by brick (or why it cannot be used), and which bricks are to be graded.

    Bricks that are graded already travel as well: others build on them.

    beside: by brick, what lies in its own folder and comes before what was handed in.
    """

    student: str
    handed: Handed
    bricks: tuple[str, ...]
    beside: Mapping[str, Handed] = field(default_factory=dict)

    def seen_from(self, brick: str) -> Handed:
        """What the brick finds when it imports others."""
        return {**self.handed, **self.beside.get(brick, {})}
