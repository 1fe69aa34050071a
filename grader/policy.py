"""The policy of a grading: the settings that decide grades, beside the code and the course."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from grader.course import Course


class Predecessors(Enum):
    """What a brick builds on: the reference, or the student's own bricks."""

    REFERENCE = "reference"
    OWN = "own"


@dataclass(frozen=True)
class Policy:
    """The settings of a class.

    seed: of the inputs of all checks; it is a secret.
    open_until: the day on which students can no longer hand in bricks that others build on.
    isolation: the level that is demanded; None: the best that the machine gives above `basic`.
    repair: seconds of processor time to search for a small edit that mends a wrong brick; it
        decides no grade.
    """

    seed: int
    predecessors: Predecessors = Predecessors.REFERENCE
    open_until: date | None = None
    isolation: str | None = None
    repair: float = 2.0

    @property
    def on_own(self) -> bool:
        """Whether bricks run on the student's own predecessors: no reference enters a child."""
        return self.predecessors is Predecessors.OWN

    def is_open(self, day: date) -> bool:
        """Whether students can still hand in, on that day, what others build on."""
        return self.open_until is not None and day < self.open_until

    def withholds(self, course: Course, brick: str, day: date) -> bool:
        """Whether the brick's messages must not show words or values of the student's code.

        That code runs on references of bricks that students can still hand in, and could carry
        their text out.
        """
        return self.is_open(day) and not self.on_own and bool(course.earlier(brick))
