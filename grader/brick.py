"""A brick: its checks in order, and what its author says of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.check import Check, Draw, Probe, no_inputs
from grader.content import Slip


@dataclass(frozen=True)
class Ladder:
    """Hints on a part that are asked for one at a time, after the question of its check.

    look     what to look at in one's own code.
    example  a smaller example, worked out in numbers.
    formula  a unit of the formula, in words or signs; never the code.
    """

    look: str
    example: str
    formula: str

    @property
    def steps(self) -> tuple[str, ...]:
        return self.look, self.example, self.formula


@dataclass
class Brick:
    """A building brick of the course: `name` is the module that the student writes.

    order      position in the course, from 1.
    builds_on  bricks that this one needs. It may import every brick that comes before it.
    further    for those who go on: its points are counted apart from the course's own
    worth      what the points of its checks add up to; 0: nobody says so
    files      what its checks and pictures read, such as weights: names of files beside them
    able       by part, a sentence on what the student's code can do once that part is right
    ladders    by part, the hints that follow the question of its checks
    """

    name: str
    order: int
    title: str
    builds_on: tuple[str, ...] = ()
    further: bool = False
    worth: int = 0
    files: tuple[str, ...] = ()
    able: Mapping[str, str] = field(default_factory=dict)
    ladders: dict[str, Ladder] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)

    @property
    def points(self) -> int:
        return sum(check.points for check in self.checks.values())

    @property
    def parts(self) -> dict[str, int]:
        """Points by part, in the order of their first checks."""
        found: dict[str, int] = {}
        for check in self.checks.values():
            found[check.part] = found.get(check.part, 0) + check.points
        return found

    def without_waiting_for(self, waived: frozenset[str]) -> "Brick":
        """The brick in which no check needs one of these, by their ids, or is vouched for by it."""
        names = {check.name for check in self.checks.values() if check.id in waived}
        if not names:
            return self
        checks = {
            name: replace(
                check,
                needs=tuple(need for need in check.needs if need not in names),
                vouched_by=tuple(one for one in check.vouched_by if one not in names),
            )
            for name, check in self.checks.items()
        }
        return replace(self, checks=checks)

    def hints(self, part: str, *, look: str, example: str, formula: str) -> None:
        """Declares the ladder of a part. See Ladder."""
        self.ladders[part] = Ladder(look, example, formula)

    def check(
        self,
        part: str,
        *,
        points: int,
        called: str,
        hint: str,
        inputs: Draw = no_inputs,
        **more: Any,
    ) -> Callable[[Probe], Check]:
        """Makes the decorated probe a check of this brick. See Check for all arguments."""

        def register(probe: Probe) -> Check:
            check = Check(
                self.name, probe.__name__, part, points, called, hint, probe, inputs, **more
            )
            if check.name in self.checks:
                raise Slip(f"{self.name} has two checks named {check.name}")
            self.checks[check.name] = check
            return check

        return register
