"""Reading a brick's misconceptions, and making each: for a course that has its solutions."""

import importlib.util
import inspect
import textwrap
from pathlib import Path

from grader.course import Course
from grader.files import while_unchanged
from grader.misconception import Misconception
from grader.source import Source


def misconceptions(course: Course, brick: str) -> list[Misconception]:
    """Those in solutions/misconceptions/<brick>.py, in the order of the file."""
    path = course.solutions / "misconceptions" / f"{brick}.py"
    return list(_read(path)) if path.is_file() else []


@while_unchanged
def _read(path: Path) -> tuple[Misconception, ...]:
    spec = importlib.util.spec_from_file_location(f"misconceptions_of_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
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
