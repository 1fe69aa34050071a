"""Who judges for a stock nbgrader command: a Marking in this process, kept while it holds."""

import atexit
from contextlib import ExitStack
from functools import lru_cache

from grader.classroom.cache import in_common
from grader.classroom.isolation import Places, isolation
from grader.classroom.marking import Marking, provenance
from grader.classroom.seed import FILE, read_or_make
from grader.course import Course
from grader.sandbox.levels import Measured

_kept: dict[tuple[Course, str], Marking] = {}  # one at most, by the course and all that decides


def marking_of(course: Course, demanded: str | None = None) -> Marking:
    """Under the course's secret seed, which is made where there is none yet.

    In a Jupyter server, checks, solutions and seed may change from one call to the next: then what
    judged by the old ones is closed.

    demanded: the level of isolation; None, the best that the machine gives above `basic`. Raises
    IsolationError where that is not to be had.
    """
    measured, places = _isolation(demanded)
    seed = read_or_make(course.root / FILE, make=True)
    about = provenance(seed, measured.level)
    key = course, in_common(course, seed, about)
    if key not in _kept:
        _close()
        _kept[key] = Marking(course, seed, about, places)
    return _kept[key]


@lru_cache
def _isolation(demanded: str | None) -> tuple[Measured, Places]:
    """Measured once: it takes a second or two."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(isolation(demanded))


@atexit.register
def _close() -> None:
    while _kept:
        _kept.popitem()[1].close()
