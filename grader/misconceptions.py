"""Reads a brick's misconceptions and applies them: for a course that has its solutions."""

import inspect
import textwrap
from pathlib import Path

from grader.content import load_content
from grader.course import Course
from grader.misconception import Misconception
from grader.source import Source
from grader.unchanged import while_unchanged


def misconceptions(course: Course, brick: str) -> list[Misconception]:
    """The misconceptions in solutions/misconceptions/<brick>.py, in order. Raises CourseError."""
    path = course.solutions / "misconceptions" / f"{brick}.py"
    return list(_read(path)) if path.is_file() else []


@while_unchanged
def _read(path: Path) -> tuple[Misconception, ...]:
    module = load_content(f"misconceptions_of_{path.stem}", path)
    return tuple(value for value in vars(module).values() if isinstance(value, Misconception))


def with_misconception(reference: Source, mistaken: Misconception) -> Source:
    """The reference with the mistake's patch added at its end, as one source."""
    assert mistaken.patch is not None
    lines = textwrap.dedent(inspect.getsource(mistaken.patch)).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def "))
    code = "\n".join(
        ["", "", "import sys", "import numpy as np", "", *lines[start:], "",
         f"{mistaken.patch.__name__}(sys.modules[__name__])", ""]
    )  # fmt: skip
    return Source(reference.brick, reference.file, reference.code + code.encode(), reference.own)
