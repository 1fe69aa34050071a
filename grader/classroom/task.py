"""One student's work, as it travels to whoever grades it, and the reports that come back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from grader.report import Report
from grader.submission import Handed

Mark: TypeAlias = "Callable[[Task], list[Report]]"


@dataclass(frozen=True)
class Task:
    """What was handed in, by brick (or why it cannot be used), and which bricks are to be graded.

    Bricks that are graded already travel as well: others build on them.
    """

    student: str
    handed: Handed
    bricks: tuple[str, ...]
