"""Reports as `bricks grade` makes them, of bricks with one check for each part."""

import numpy as np

from grader.outcome import Accuracy, BelowBar, Confusion, Fault, NotWritten, Passed, WrongShape
from grader.policy import Predecessors
from grader.report.check_report import CheckReport
from grader.report.report import Provenance, Report, Status

HOW = Provenance("id", "full", Predecessors.REFERENCE, False, "digits", {})
REACHED = Accuracy(0.9912, 1_000, 0.95, 0.99, 0.001, 30)
MISSED = Accuracy(0.8, 1_000, 0.95, 0.99, 0.001, 30)
CONFUSION = Confusion(np.eye(2, dtype=int), np.zeros((0, 2, 2), np.uint8), (), (), ("0", "1"))
OUTCOMES = {
    1: Passed(),
    0: WrongShape("y", (3,), (3, 1)),
    "waits": NotWritten("forward"),
    "fault": Fault("oops"),
    "reached": Passed(REACHED),
    "missed": BelowBar(MISSED, 1, CONFUSION),
}


def report(student, brick, *came, status=Status.GRADED, why=""):
    """A report of a brick of 20 points: checks a, b, ... of 10 points each, one for each part."""
    checks = tuple(
        CheckReport(
            id=f"{brick}/{name}", part=f"part_{name}", maximum=10, called="f()", inputs=(),
            hint="Think.", outcome=OUTCOMES[one],
        )
        for name, one in zip("abcdef", came, strict=False)
    )  # fmt: skip
    return Report(student, brick, status, 20, HOW, checks, why=why)


def handed_in_nothing(student, brick):
    return report(student, brick, status=Status.NOT_HANDED_IN)
