"""A course with its quick checks alone: neither Keras nor a training runs."""

from dataclasses import replace
from functools import cached_property

from grader.brick import Brick
from grader.course import Course


class QuickCourse(Course):
    """The course in that folder, with the checks that take milliseconds."""

    @cached_property
    def bricks(self) -> dict[str, Brick]:
        return {name: quick(brick) for name, brick in super().bricks.items()}


def quick(brick: Brick) -> Brick:
    """The brick without the checks that are not quick, for which no quick one waits."""
    checks = {name: check for name, check in brick.checks.items() if check.is_quick}
    return replace(
        brick,
        checks={
            name: replace(
                check,
                needs=tuple(it for it in check.needs if it in checks),
                vouched_by=tuple(it for it in check.vouched_by if it in checks),
            )
            for name, check in checks.items()
        },
    )
