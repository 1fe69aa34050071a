"""The grade ids of the cells of a brick's notebook."""

import re

from grader.brick import Brick


def id_of_test(part: str) -> str:
    """The grade id of a part's test cell; nbgrader allows letters, digits, - and _."""
    return f"test-{_plain(part)}"


def id_of_solution(name: str) -> str:
    """The grade id of the cell where a function or class is written."""
    return f"{_plain(name)}-solution"


def part_of(brick: Brick, grade_id: str) -> str | None:
    """The part that a test cell tests; None for a cell that the kit did not make."""
    return next((part for part in brick.parts if id_of_test(part) == grade_id), None)


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", name)
