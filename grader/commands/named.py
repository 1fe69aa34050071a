"""The course and the bricks that a command line names."""

import argparse
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from grader.course import Course, CourseError, course_at, find_course


def root_of(options: argparse.Namespace) -> Path | None:
    with suppress(CourseError, OSError):
        return options.course or find_course(Path.cwd()).root
    return None


def course_of(options: argparse.Namespace) -> Course:
    """The course that --course names, or the one around the working folder.

    Raises CourseError if it has no solutions, which every command of `bricks` needs, and where its
    author made a slip.
    """
    from grader.proofread.course import proofread

    course = course_or_kit(options)
    if not course.solutions.is_dir():
        raise CourseError(f"{course.root} has no solutions/: this is a student's kit.")
    proofread(course)
    return course


def course_or_kit(options: argparse.Namespace) -> Course:
    """The same, with or without solutions."""
    return course_at(options.course.resolve()) if options.course else find_course(Path.cwd())


def chosen_bricks(course: Course, names: Sequence[str] | None) -> list[str]:
    for name in names or ():
        if name not in course.bricks:
            known = ", ".join(course.bricks)
            raise CourseError(f"There is no brick {name!r}; the course has {known}.")
    return [name for name in course.bricks if not names or name in names]
