"""A waived check blocks no other one."""

from contextlib import closing

import pytest

from grader.course import Course
from grader.examiner import Examiner
from grader.outcome import Passed, Skipped
from grader.runner.process import Process
from grader.submission import handed_from

CHECKS = """
from grader import Brick

brick = Brick("toy", order=1, title="Toy")


@brick.check("f", points=1, called="f(x)", hint="?", inputs=lambda rng: {"x": rng.random(5)})
def broken(toy, x):
    return {"f(x)": toy.f(x), "unfair": toy.unfair}


@brick.check("g", points=1, called="g(x)", hint="?", inputs=lambda rng: {"x": rng.random(5)},
             needs=("broken",))
def other(toy, x):
    return {"g(x)": toy.g(x)}
"""
CODE = "def f(x):\n    return x\n\n\ndef g(x):\n    return 2 * x\n"
WAIVED = '[[waived]]\ncheck = "toy/broken"\nreason = "It is unfair."\n'


@pytest.fixture
def outcome(tmp_path):
    """outcome(rules): of the check that needs a broken one, in the course with that course.toml."""
    for folder in ("exercises", "solutions"):
        (tmp_path / folder).mkdir()
    (tmp_path / "exercises" / "test_toy.py").write_text(CHECKS)
    (tmp_path / "exercises" / "toy.py").write_text(CODE)
    (tmp_path / "solutions" / "toy.py").write_text(f"{CODE}\nunfair = 1\n")

    def outcome(rules):
        (tmp_path / "course.toml").write_text(rules)
        course = Course(tmp_path)
        with closing(Process()) as student, closing(Process()) as reference:
            handed = handed_from(course, course.exercises)
            examination = Examiner(course, reference).of_handed("toy", handed, student)
            return examination.result("other").outcome

    return outcome


def test_what_needs_it_is_judged(outcome):
    assert isinstance(outcome(""), Skipped)
    assert isinstance(outcome(WAIVED), Passed)
