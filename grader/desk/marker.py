"""Who judges for a stock nbgrader command: a Marking in this process, kept while it lasts."""

import atexit
from functools import lru_cache

from grader.classroom.isolation import own_process
from grader.classroom.marking import Marking, versions
from grader.classroom.seed import FILE, read_or_make, seed_id
from grader.course import Course


@lru_cache(maxsize=1)
def marking_of(course: Course) -> Marking:
    """Under the course's secret seed, which is made where there is none yet."""
    seed = read_or_make(course.root / FILE, make=True)
    about = {"seed": seed_id(seed), "isolation": "basic", "versions": versions()}
    marking = Marking(course, seed, about, own_process)
    atexit.register(marking.close)
    return marking
