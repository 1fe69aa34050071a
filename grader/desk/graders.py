"""The grading for stock nbgrader commands: one in this process, which calls reuse."""

import atexit
import os
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from platformdirs import user_cache_path

from grader.classroom.cache import Cache, deciding, in_common, key
from grader.classroom.grading import Grading, depends_on_the_machine, grading_at, provenance_of
from grader.classroom.isolation import Runners, isolation
from grader.classroom.task import Task
from grader.course import Course
from grader.language import ENGLISH, VARIABLE
from grader.policy import Policy, Predecessors
from grader.report.report import Report
from grader.sandbox.levels import Measured
from grader.seed import FILE, read_or_make

CONSENT = 'set c.Judge.isolation = "basic" in nbgrader_config.py'


@dataclass(frozen=True)
class CachedGrading:
    """A grading, with the stored grades of work that any command has graded before.

    common: a digest of what decides every grade of the class.
    """

    grading: Grading
    common: str
    cache: Cache

    def grade(self, task: Task) -> Report:
        """The grade of the task's one brick: the stored one if nothing that decides it changed.

        A grade that depends on the machine is not stored: grading again is a second chance.
        """
        course, [brick] = self.grading.course, task.bricks
        names = deciding(course, brick, self.grading.policy.on_own)
        decided_by = key(self.common, task.seen_from(brick), names)
        stored = self.cache.get(decided_by)
        if stored is not None:
            return replace(stored, student=task.student)
        [report] = self.grading.grade(task)
        if not report.is_fault and not depends_on_the_machine(report):
            self.cache.put(decided_by, replace(report, key=decided_by))
        return report


_open: dict[tuple[Course, str], Grading] = {}  # at most one, by course and `common`


def cached_grading(
    course: Course,
    demanded: str | None = None,
    on_own: bool = False,
    open_until: date | None = None,
) -> CachedGrading:
    """The grading under the course's secret seed, which is made if there is none yet.

    In a Jupyter server, checks, solutions and seed may change from one call to the next: then the
    old grading is closed, and another opened.

    demanded: the level of isolation; None: the best that the machine gives above `basic`. Raises
        IsolationError if the machine does not give it.
    on_own, open_until: see Policy.
    """
    os.environ.setdefault(VARIABLE, course.language or ENGLISH)  # and not the machine's
    measured, runners = _isolation(demanded)
    seed = read_or_make(course.root / FILE, make=True)
    predecessors = Predecessors.OWN if on_own else Predecessors.REFERENCE
    policy = Policy(seed, predecessors, open_until, demanded)
    common = in_common(course, seed, provenance_of(policy, measured.level, date.today()))
    if (course, common) not in _open:
        _close()
        _open[course, common] = grading_at(course, policy, measured.level, runners)
    return CachedGrading(_open[course, common], common, Cache(user_cache_path("bricks") / "grades"))


@lru_cache
def _isolation(demanded: str | None) -> tuple[Measured, Runners]:
    """The isolation for this process, measured once, since that takes a second or two."""
    stack = ExitStack()
    found = stack.enter_context(isolation(demanded, consent=CONSENT))
    atexit.register(stack.close)
    return found


@atexit.register
def _close() -> None:
    while _open:
        _open.popitem()[1].close()
