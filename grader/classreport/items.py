"""Whether a check tells strong work from weak: its difficulty and its discrimination.

Both are those of classical test theory. Difficulty is the share of students who pass, among those
whose code the check ran on. Discrimination is the point-biserial correlation between passing the
check and the share of points in the brick's other checks; the check itself is left out, since it
would correlate with its own points (Henrysson, "Correction of item-total correlations in item
analysis", Psychometrika 28, 1963). Below 0.2 an item is poor; this is Ebel and Frisbie's bound for
the difference between the upper and the lower 27 % ("Essentials of Educational Measurement", 5th
edition, 1991), applied to the correlation.

That alone would warn too often: in a class where each student makes one slip, whoever fails a check
passes all others. So there is a warning only if several failures, and at least half of them, have
no name: a student whose answers are exactly those of a known misconception made a real mistake.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.classreport.clusters import How, failed, how, is_file
from grader.classreport.results import Results, judged
from grader.report.check_report import CheckReport
from grader.report.report import Report

POOR = 0.2
FEWEST = 10  # students who were judged; a correlation of fewer says nothing
ON_EACH_SIDE = 2  # students who pass, and students who fail, at least
SEVERAL = 2  # failures without a name; one may be a mistake that nobody else makes


@dataclass(frozen=True)
class Item:
    """A check as an item of a test.

    judged          students whose code the check ran on; files that do not load are left out.
    difficulty      the share of them who pass; None if nobody was judged.
    discrimination  None if too few were judged, or if all have the same points in other checks.
    unnamed         failures that no known misconception explains.
    """

    check: CheckReport
    judged: int
    passed: int
    difficulty: float | None
    discrimination: float | None
    unnamed: int

    @property
    def warning(self) -> str:
        """A sentence on what the instructor should look at; mostly empty."""
        if self.unnamed < max(SEVERAL, (self.judged - self.passed) / 2):
            return ""
        if self.judged >= FEWEST and not self.passed:
            return "nobody passes it: look at the check"
        if self.discrimination is None or self.discrimination >= POOR:
            return ""
        if self.discrimination + self.uncertainty < 0:
            return "stronger students fail it more often: look at the check, not at the students"
        return "it hardly tells stronger students from weaker ones: look at the check"

    @property
    def uncertainty(self) -> float:
        """The standard error of the discrimination, were it 0."""
        return float(1 / np.sqrt(max(1, self.judged - 1)))


def items_of(results: Results, brick: str) -> list[Item]:
    """All checks of a brick."""
    graded = [report for report in results.of_brick(brick) if judged(report)]
    return [_item(check, graded) for check in results.checks[brick]]


def _item(check: CheckReport, graded: Sequence[Report]) -> Item:
    passed, rest, unnamed = [], [], 0
    for report in graded:
        own = next((one for one in report.checks if one.id == check.id), None)
        if own is None or is_file(own) or not (own.passed or failed(own)):
            continue
        others = [one for one in report.checks if one.id != check.id]
        possible = sum(one.maximum for one in others)
        passed.append(own.passed)
        rest.append(sum(one.points for one in others) / possible if possible else 0.0)
        unnamed += failed(own) and how(own) is not How.NAMED
    n, right = len(passed), sum(passed)
    return Item(check, n, right, right / n if n else None, _correlation(passed, rest), unnamed)


def _correlation(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    n, right = len(passed), sum(passed)
    if n < FEWEST or min(right, n - right) < ON_EACH_SIDE or len(set(rest)) < 2:
        return None
    return float(np.corrcoef(np.asarray(passed, float), np.asarray(rest))[0, 1])
