"""Computes a student's mark from the points and the course's rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.language import number_of
from grader.marks.lateness import days_late
from grader.marks.rules import Rules
from grader.report.report import Report


@dataclass(frozen=True)
class BrickMark:
    """The points of one brick in a mark.

    points: after waived checks, lateness and corrections.
    maximum: the points of the checks that count.
    reasons: a sentence for each change of the points.
    """

    brick: str
    points: float
    maximum: int
    weight: float
    days_late: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A student's mark over all bricks, 0 or more; corrections can raise it above the maximum."""

    student: str
    points: float
    maximum: float
    bricks: tuple[BrickMark, ...]
    reasons: tuple[str, ...] = ()

    @property
    def every_reason(self) -> tuple[str, ...]:
        """The reasons of its bricks, with their names, and its own."""
        of_bricks = (f"{one.brick}: {reason}" for one in self.bricks for reason in one.reasons)
        return (*of_bricks, *self.reasons)


def mark_of(
    student: str, reports: Sequence[Report], rules: Rules, handed_in: Mapping[str, datetime]
) -> Mark:
    """The student's mark.

    reports: those of the student's bricks.
    handed_in: by brick, the time with its zone; a brick that has none counts as in time.
    """
    free = rules.late.free_days
    late = {report.brick: _days_late(report.brick, rules, handed_in) for report in reports}
    excused: dict[str, int] = {}
    for brick in sorted((b for b in late if late[b]), key=lambda brick: rules.due[brick]):
        excused[brick] = min(free, late[brick])
        free -= excused[brick]
    bricks = tuple(
        _brick_mark(student, report, rules, late[report.brick], excused.get(report.brick, 0))
        for report in reports
    )
    points = sum(brick.weight * brick.points for brick in bricks)
    maximum = sum(brick.weight * brick.maximum for brick in bricks)
    if rules.maximum is not None:
        points, maximum = points * rules.maximum / (maximum or 1.0), rules.maximum
    own = [c for c in rules.corrections if c.student == student and not c.brick]
    points = max(0.0, points + sum(correction.points for correction in own))
    reasons = tuple(f"{correction.points:+g}: {correction.reason}" for correction in own)
    return Mark(student, round(points, 2), maximum, bricks, reasons)


def times_of(reports: Iterable[Report]) -> dict[str, datetime]:
    """When each brick was handed in, where its report says it with its zone."""
    times = {one.brick: datetime.fromisoformat(one.when) for one in reports if one.when}
    return {brick: when for brick, when in times.items() if when.tzinfo}


def _days_late(brick: str, rules: Rules, handed_in: Mapping[str, datetime]) -> int:
    if brick not in rules.due or brick not in handed_in or rules.zone is None:
        return 0
    return days_late(rules.due[brick], rules.zone, rules.late.grace, handed_in[brick])


def _brick_mark(student: str, report: Report, rules: Rules, late: int, excused: int) -> BrickMark:
    waived = {one.check: one for one in rules.waived.get(report.brick, ())}
    points = float(sum(check.points for check in report.checks if check.name not in waived))
    maximum = report.maximum - sum(one.points for one in waived.values())
    reasons = [f"{one.check} does not count: {one.reason}" for one in waived.values()]
    if late:
        lost = points * min(1.0, rules.late.per_day * (late - excused))
        points -= lost
        free = f", {excused} of them free" if excused else ""
        days = number_of(late, "day")
        reasons.append(f"{-lost:+.2g}: {days} late{free}." if lost else f"{days} late{free}.")
    for correction in rules.corrections:
        if (correction.student, correction.brick) == (student, report.brick):
            points += correction.points
            reasons.append(f"{correction.points:+g}: {correction.reason}")
    weight = rules.weights[report.brick]
    return BrickMark(
        report.brick, round(max(0.0, points), 2), maximum, weight, late, tuple(reasons)
    )
