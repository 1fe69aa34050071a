"""Misconceptions: named wrong versions of a brick, each a small override of the reference."""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from grader.content import load_content
from grader.course import Course
from grader.files import while_unchanged
from grader.source import Source

Patch = Callable[[ModuleType], None]


@dataclass(frozen=True)
class Misconception:
    """A mistake that students really make.

    says   one sentence that tells the student what they did.
    asks   a question that leads on, never the fix.
    idea   the idea of the course that it touches: model, loss, backpropagation, ...
    patch  changes a fresh reference module into one with the mistake.
    """

    id: str
    says: str
    asks: str
    idea: str
    patch: Patch | None = None  # a student's kit has the recorded answers, not the mistake


def misconception(says: str, asks: str, idea: str) -> Callable[[Patch], Misconception]:
    """Makes the decorated patch a misconception; its id is the function's name with dashes."""
    return lambda patch: Misconception(patch.__name__.replace("_", "-"), says, asks, idea, patch)


def misconceptions(course: Course, brick: str) -> list[Misconception]:
    """Those in solutions/misconceptions/<brick>.py, in its order. Raises CourseError."""
    path = course.solutions / "misconceptions" / f"{brick}.py"
    return list(_read(path)) if path.is_file() else []


@while_unchanged
def _read(path: Path) -> tuple[Misconception, ...]:
    module = load_content(f"misconceptions_of_{path.stem}", path)
    return tuple(value for value in vars(module).values() if isinstance(value, Misconception))


def with_misconception(reference: Source, mistaken: Misconception) -> Source:
    """The reference with the mistake made at its end, as a submission would be."""
    assert mistaken.patch is not None
    lines = textwrap.dedent(inspect.getsource(mistaken.patch)).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def "))
    code = "\n".join(
        ["", "", "import sys", "import numpy as np", "", *lines[start:], "",
         f"{mistaken.patch.__name__}(sys.modules[__name__])", ""]
    )  # fmt: skip
    return Source(reference.brick, reference.file, reference.code + code.encode(), reference.own)
