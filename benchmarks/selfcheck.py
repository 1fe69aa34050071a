"""What a student waits for, and how often the reference has full marks."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.course import Course
from grader.examine import Examination
from grader.live import LiveExpected
from grader.runner.process import Process

ROOT = Path(__file__).parents[1]
RUNS = 5
SEEDS = 50


def waits() -> list[tuple[str, str, list[float]]]:
    """What is waited for, the goal, and the seconds of each run."""
    with tempfile.TemporaryDirectory() as scratch:
        blank = copy_of_course(Path(scratch) / "blank", [])
        five = copy_of_course(Path(scratch) / "five", Course(ROOT).core)
        eight = copy_of_course(Path(scratch) / "eight", list(Course(ROOT).bricks))
        return [
            ("untouched kit, `pytest exercises/`", "3 s", seconds(blank)),
            ("the same, first result on screen", "1.5 s", first_result(blank)),
            ("finished five, all NumPy checks (`-m 'not keras'`)", "15 s", numpy_checks(five)),
            ("finished five, everything", "22 s", seconds(five, runs=3)),
            ("finished eight, everything", "90 s", seconds(eight, runs=3)),
        ]


def full_marks() -> int:
    """Gradings of the reference, of SEEDS with a seed each, that gave full marks."""
    course = Course(ROOT)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        points = pool.map(lambda seed: points_of_reference(course, seed), range(SEEDS))
        return sum(reached == all_points(course) for reached in points)


def copy_of_course(root: Path, finished: Sequence[str]) -> Path:
    """The course in a folder of its own, with these bricks finished."""
    for folder in ("exercises", "solutions"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "pyproject.toml", root)
    for brick in finished:
        shutil.copy(root / "solutions" / f"{brick}.py", root / "exercises")
    return root


def numpy_checks(root: Path) -> list[float]:
    return seconds(root, "-m", "not keras")


def seconds(root: Path, *arguments: str, runs: int = RUNS) -> list[float]:
    """Wall time of whole runs of the self-check."""
    taken = []
    for _ in range(runs):
        began = time.monotonic()
        subprocess.run(command(*arguments), cwd=root, stdout=subprocess.DEVNULL, check=False)
        taken.append(time.monotonic() - began)
    return taken


def first_result(root: Path) -> list[float]:
    """Wall time until the first check's verdict is printed."""
    taken = []
    for _ in range(RUNS):
        began = time.monotonic()
        run = subprocess.Popen(command("-v"), cwd=root, stdout=subprocess.PIPE, text=True)
        assert run.stdout is not None
        for line in run.stdout:
            if "TODO" in line:
                taken.append(time.monotonic() - began)
                break
        run.communicate()
    return taken


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-u", "-m", "pytest", "exercises", *arguments]


def points_of_reference(course: Course, seed: int) -> int:
    process, other = Process(), Process()
    expected_values = LiveExpected(course, other)
    points = sum(
        result.points
        for name in course.core
        for result in Examination(
            course, name, course.reference(name), process, expected_values, seed
        )
    )
    process.close()
    other.close()
    return points


def all_points(course: Course) -> int:
    return sum(course.bricks[name].points for name in course.core)
