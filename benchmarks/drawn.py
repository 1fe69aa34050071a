"""What pictures cost: seconds, bytes of a page, megabytes of what draws them."""

import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import files, requires
from pathlib import Path

from packaging.requirements import Requirement
from selfcheck import copy_of_course

from grader.course import Course

RUNS = 3  # measure.py shows the middle one
SHARED = {"numpy", "packaging"}  # the kit has them anyway


@dataclass(frozen=True)
class Drawn:
    """seconds: of each run. size: bytes of the page."""

    pictures: int
    seconds: list[float]
    size: int


def own_pictures(course: Course) -> dict[str, Drawn]:
    """`bricks show` on every brick of the reference, by the brick's name."""
    with tempfile.TemporaryDirectory() as scratch:
        root = copy_of_course(Path(scratch) / "solved", list(course.bricks))
        return {brick: _drawn(root, brick) for brick in course.bricks}


def _drawn(root: Path, brick: str) -> Drawn:
    seconds = []
    for _ in range(RUNS):
        began = time.monotonic()
        command = [sys.executable, "-m", "grader", "show", brick]
        subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.monotonic() - began)
    page = root / "shown" / f"{brick}.html"
    text = page.read_text(encoding="utf-8")
    return Drawn(len(re.findall(r"<figure\b", text)), seconds, page.stat().st_size)


def weight_of_matplotlib() -> int:
    """Bytes of matplotlib and of the packages that it brings."""
    waiting, known, size = ["matplotlib"], set(SHARED), 0
    while waiting:
        name = waiting.pop().lower()
        if name not in known:
            known.add(name)
            size += sum(file.size or 0 for file in files(name) or [])
            needed = [Requirement(text) for text in requires(name) or []]
            waiting += [it.name for it in needed if not it.marker or it.marker.evaluate()]
    return size
