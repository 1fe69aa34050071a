"""Imports the grader's own oracle and asks it."""

# earns 0
from pathlib import Path


def double(x):
    from grader.course import Course
    from grader.runner.loading import loaded

    with loaded(Course(Path(COURSE)).reference("toy")) as reference:
        return reference.double(x)
