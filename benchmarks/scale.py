"""Many trivial submissions: what one costs the kit itself, and the coordinator's memory."""

from pathlib import Path

from bulk import Graded, by_this_kit

from grader.course import Course

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


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
