"""Who judges for a stock nbgrader command: a Marking in this process, kept while it lasts."""

import atexit
from contextlib import ExitStack, closing
from functools import lru_cache

from grader.classroom.isolation import isolation
from grader.classroom.marking import Marking, provenance
from grader.classroom.seed import FILE, read_or_make
from grader.course import Course


@lru_cache(maxsize=4)
def marking_of(course: Course, demanded: str | None = None) -> Marking:
    """Under the course's secret seed, which is made where there is none yet.

    demanded: the level of isolation; None, the best that the machine gives above `basic`. Raises
    IsolationError where that is not to be had.
    """
    stack = ExitStack()
    atexit.register(stack.close)
    measured, places = stack.enter_context(isolation(demanded))
    seed = read_or_make(course.root / FILE, make=True)
    about = provenance(seed, measured.level)
    return stack.enter_context(closing(Marking(course, seed, about, places)))
