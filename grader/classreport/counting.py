"""How many students passed, waited and failed: for each brick, part and check."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from grader.classreport.clusters import failed
from grader.classreport.results import Results, handed_in, judged
from grader.outcome import Skipped
from grader.report.check_report import CheckReport
from grader.report.report import Report


@dataclass(frozen=True)
class Counts:
    """Numbers of students. waited: the part is not written yet, or waits for a wrong part."""

    passed: int
    waited: int
    failed: int

    @property
    def all(self) -> int:
        return self.passed + self.waited + self.failed


@dataclass(frozen=True)
class PartCount:
    """How many students passed all checks of a part, failed one of them, or waited."""

    part: str
    points: int
    counts: Counts


@dataclass(frozen=True)
class BrickCount:
    """A brick in a class.

    no_grade  the number of students who have no grade yet, since the kit failed.
    points    of each student who handed it in and has a grade.
    stops     the check that is the first wrong one of most students, and their number.
    """

    brick: str
    maximum: int
    handed_in: int
    missing: int
    no_grade: int
    points: tuple[int, ...]
    parts: tuple[PartCount, ...]
    stops: tuple[CheckReport, int] | None

    @property
    def mean(self) -> float:
        return mean(self.points) if self.points else 0.0

    @property
    def median(self) -> float:
        return median(self.points) if self.points else 0.0

    @property
    def full(self) -> int:
        """How many students have all points."""
        return sum(points == self.maximum for points in self.points)


def brick_count(results: Results, brick: str) -> BrickCount:
    reports = results.of_brick(brick)
    graded = [report for report in reports if judged(report)]
    checks = results.checks[brick]
    parts = dict.fromkeys(check.part for check in checks)
    return BrickCount(
        brick,
        max((report.maximum for report in reports), default=0),
        sum(map(handed_in, reports)),
        len(results.students) - sum(map(handed_in, reports)),
        sum(report.is_fault for report in reports),
        tuple(report.points for report in graded),
        tuple(_part(part, checks, graded) for part in parts),
        _stops(checks, graded),
    )


def _part(part: str, checks: Sequence[CheckReport], graded: Sequence[Report]) -> PartCount:
    points = sum(check.maximum for check in checks if check.part == part)
    states = Counter(state_of([c for c in report.checks if c.part == part]) for report in graded)
    return PartCount(part, points, Counts(states["passed"], states["waited"], states["failed"]))


def state_of(checks: Sequence[CheckReport]) -> str:
    """Whether a part is "passed", "failed" or "waited". Without checks, its process crashed."""
    if not checks or any(map(failed, checks)):
        return "failed"
    return "passed" if all(check.passed for check in checks) else "waited"


def _stops(
    checks: Sequence[CheckReport], graded: Sequence[Report]
) -> tuple[CheckReport, int] | None:
    """The first wrong check of most students. A waiting check is none: the one before it counts."""
    firsts = Counter(first.id for report in graded if (first := _first(report.checks)))
    if not firsts:
        return None
    [(name, many)] = firsts.most_common(1)
    found = [check for check in checks if check.id == name]
    return (found[0], many) if found else None


def _first(checks: Sequence[CheckReport]) -> CheckReport | None:
    """The first check that is not right; one that waits counts only if no other is wrong."""
    wrong = [check for check in checks if not check.passed]
    own = [check for check in wrong if not isinstance(check.outcome, Skipped)]
    return next(iter(own or wrong), None)
