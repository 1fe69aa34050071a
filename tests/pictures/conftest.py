"""A course of one brick with pictures, which tests write into a folder of their own."""

import subprocess
import sys

import pytest

from grader.course import Course

SOLUTION = """
def double(x):
    return 2 * x
"""
CHECKS = """
from grader import Brick

brick = Brick("doubling", order=1, title="Doubling")


@brick.check("double", points=1, called="double(x)", hint="How much is twice as much?",
             inputs=lambda rng: {"x": rng.normal(size=3)})
def values(doubling, x):
    return {"double(x)": doubling.double(x)}
"""
PICTURES = """
from grader.pictures.gallery import Gallery

brick = Gallery("doubling")


def draw_line(figure, values, inputs):
    figure.subplots().plot(inputs["x"], values["y"])
    return {"largest": max(values["y"])}


@brick.picture("Twice as much", parts=("double",), alt="A line.", draw=draw_line,
               caption="The line rises to {largest}. It is steep.",
               inputs=lambda rng: {"x": [0.0, 1.0, 4.0]})
def line(doubling, x):
    return {"y": [doubling.double(each) for each in x]}
"""


@pytest.fixture
def toy(tmp_path):
    """The course; its exercise is solved."""
    for folder, name, text in (
        ("solutions", "doubling.py", SOLUTION),
        ("exercises", "doubling.py", SOLUTION),
        ("exercises", "test_doubling.py", CHECKS),
        ("exercises", "show_doubling.py", PICTURES),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(text)
    return Course(tmp_path)


@pytest.fixture
def pytester_of():
    """pytester_of(course): what `pytest exercises/` prints there."""

    def ran(course):
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "--rootdir", ".", "exercises"],
            cwd=course.root, capture_output=True, text=True,
        )  # fmt: skip
        return run.stdout

    return ran
