"""Who judges for a stock nbgrader command: a Marking in this process, kept while it holds."""

import atexit
from contextlib import ExitStack
from datetime import date
from functools import lru_cache

from grader.classroom.cache import in_common
from grader.classroom.grading import Grading, provenance_of
from grader.classroom.isolation import Places, isolation
from grader.course import Course
from grader.policy import Policy, Predecessors
from grader.sandbox.levels import Measured
from grader.seed import FILE, read_or_make

CONSENT = 'set c.Judge.isolation = "basic" in nbgrader_config.py'

_kept: dict[tuple[Course, str], Grading] = {}  # one at most, by the course and all that decides


def grading_of(
    course: Course,
    demanded: str | None = None,
    on_own: bool = False,
    open_until: date | None = None,
) -> Grading:
    """Under the course's secret seed, which is made where there is none yet.

    In a Jupyter server, checks, solutions and seed may change from one call to the next: then what
    judged by the old ones is closed.

    demanded: the level of isolation; None, the best that the machine gives above `basic`. Raises
    IsolationError where that is not to be had. The others: see Policy.
    """
    measured, places = _isolation(demanded)
    seed = read_or_make(course.root / FILE, make=True)
    predecessors = Predecessors.OWN if on_own else Predecessors.REFERENCE
    policy = Policy(seed, predecessors, open_until, demanded)
    provenance = provenance_of(policy, measured.level, date.today())
    key = course, in_common(course, seed, provenance)
    if key not in _kept:
        _close()
        _kept[key] = Grading(course, policy, provenance, places)
    return _kept[key]


@lru_cache
def _isolation(demanded: str | None) -> tuple[Measured, Places]:
    """Measured once: it takes a second or two."""
    stack = ExitStack()
    found = stack.enter_context(isolation(demanded, consent=CONSENT))
    atexit.register(stack.close)
    return found


@atexit.register
def _close() -> None:
    while _kept:
        _kept.popitem()[1].close()
