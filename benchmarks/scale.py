"""Many trivial submissions: what one costs the kit itself, and the coordinator's memory."""

import statistics
import time
from contextlib import closing
from pathlib import Path

import numpy as np
from bulk import Graded, by_this_kit

from grader.course import Course
from grader.probe import Job
from grader.sandbox import levels

CHECKS = """
from grader import Brick

brick = Brick("toy", order=1, title="Toy")


@brick.check("f", points=1, called="f(x)", hint="Think.", inputs=lambda rng: {"x": rng.random(9)})
def values(toy, x):
    return {"f(x)": toy.f(x)}
"""
SOLUTION = """
def f(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""
MISTAKES = """
from grader.misconception import misconception


@misconception("It is halved.", "Is it half?", "model")
def halved(toy):
    toy.f = lambda x: x / 2
"""


def toy_course(root: Path) -> Course:
    for place, text in (
        ("exercises/test_toy.py", CHECKS),
        ("solutions/toy.py", SOLUTION),
        ("solutions/misconceptions/toy.py", MISTAKES),
    ):
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Course(root)


def at_scale(scratch: Path, sizes: tuple[int, ...]) -> dict[int, Graded]:
    """By number of students, each with one submission of one check."""
    course = toy_course(scratch / "toy")
    return {
        students: by_this_kit(course, _made(scratch / str(students)), students, ["toy"])
        for students in sizes
    }


def one_check(scratch: Path, runs: int) -> tuple[str, float, float]:
    """The isolation, and of a check that doubles nine numbers the median and the longest time,
    from order to answer, in seconds.
    """
    course = toy_course(scratch / "one")
    place, measured = levels.runner_at()
    check, file = course.bricks["toy"].checks["values"], course.checks_file("toy")
    took = []
    with closing(place):
        for _ in range(runs):
            began = time.perf_counter()
            place.run(Job(check, file, tuple(course.reference("toy")), {"x": np.ones(9)}))
            took.append(time.perf_counter() - began)
    return measured.level, statistics.median(took), max(took[1:])  # the first starts a zygote


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
