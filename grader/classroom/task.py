"""One student's work, as it is sent to the worker that grades it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from grader.report.report import Report
from grader.submission import Handed

GradeTask: TypeAlias = "Callable[[Task], list[Report]]"


@dataclass(frozen=True)
class Task:
    """A student's work and the bricks to grade.

    handed: by brick, what was handed in, or why it cannot be used. It has bricks that are graded
        already as well, since others build on them.
    siblings: by brick, the other bricks in its own folder, which it imports before the student's.
    """

    student: str
    handed: Handed
    bricks: tuple[str, ...]
    siblings: Mapping[str, Handed] = field(default_factory=dict)

    def seen_from(self, brick: str) -> Handed:
        """All bricks that this brick finds when it imports them."""
        return {**self.handed, **self.siblings.get(brick, {})}
