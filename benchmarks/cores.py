"""How the grading of a class grows with the cores: `python benchmarks/cores.py`, in four minutes.

It needs no Keras: numpy, pytest, and the small packages of `pyproject.toml`. For -j 1, 2, 4 ... up
to the cores of the machine it grades a class of toy checks, which compute nothing, and a class of
the course's NumPy bricks without their Keras checks. `--sleeping` grades students of a second
each with -j 64 instead: so a machine of two cores shows what many would meet.
"""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from grader.classroom.session import Settings, session  # noqa: E402
from grader.cores import cores  # noqa: E402
from grader.course import Course, course_at  # noqa: E402
from grader.misconceptions import misconceptions, with_misconception  # noqa: E402
from grader.policy import Policy  # noqa: E402
from grader.submissions.find import find_class  # noqa: E402

LIMIT = 225.0  # seconds for all
MOST_SHARE = 0.4  # of what is left, for one run
FIRST = {"toy": 60, "numpy": 4}  # students at -j 1; more cores get as many times more
TOY_CHECKS = 18
ONLY_NUMPY = """

for _name in [it.name for it in brick.checks.values() if it.keras]:
    del brick.checks[_name]
"""
TOY = 'from grader import Brick\n\nbrick = Brick("toy", order=1, title="Toy")\n'
TOY_CHECK = """

@brick.check("f", points=1, called="f(x)", hint="Think.", inputs=lambda rng: {{"x": rng.random(9)}})
def values{number}(toy, x):
    return {{"f(x)": toy.f(x)}}
"""
TOY_SOLUTION = "def f(x):\n    return 2 * x\n"
SLEEPS = "import time\n\n\ndef f(x):\n    time.sleep(1)\n    return 2 * x\n"


@dataclass(frozen=True)
class Run:
    """jobs: -j. students_cpu and coordinator: seconds of processor time."""

    jobs: int
    submissions: int
    checks: int
    start: float
    wall: float
    students_cpu: float
    coordinator: float

    @property
    def per_minute(self) -> float:
        return 60 * self.submissions / self.wall

    def row(self, first: "Run") -> str:
        share = self.students_cpu / self.wall / self.jobs
        grown = self.per_minute / first.per_minute
        return (
            f"| {self.jobs} | {self.submissions} | {self.start:.1f} s | {self.wall:.1f} s "
            f"| {self.per_minute:,.0f} | {60 * self.checks / self.wall:,.0f} | {grown:.1f} "
            f"| {share:.0%} | {1000 * self.coordinator / self.submissions:.1f} ms |"
        )


HEAD = """| -j | submissions | start | wall, without it | a minute | checks a minute | x -j 1 \
| children's processor time, of -j cores | coordinator, each |
|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sleeping", action="store_true")
    parser.add_argument("--isolation", default=None, help="the best that the machine gives")
    options = parser.parse_args()
    ends = time.monotonic() + LIMIT
    print(f"{platform.platform()}, {platform.machine()}, {cores()} cores\n")
    with tempfile.TemporaryDirectory(prefix="bricks-cores-") as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        if options.sleeping:
            course = toy_course(Path(folder) / "toy", 1)
            print(f"Students who sleep for a second.\n\n{HEAD}")
            run = graded(course, toy_class(256, SLEEPS), 64, options.isolation)
            print(run.row(run))
            return
        for title, kind in (("Toy checks", "toy"), ("The NumPy bricks, without Keras", "numpy")):
            place = Path(folder) / kind
            course = toy_course(place, TOY_CHECKS) if kind == "toy" else numpy_course(place)
            print(f"{title}\n\n{HEAD}")
            until = ends if kind == "numpy" else ends - 0.6 * LIMIT
            for row in rows(course, kind, until, options.isolation):
                print(row, flush=True)
            print()


def rows(course: Course, kind: str, until: float, isolation: str | None) -> Iterator[str]:
    """A row for each -j, with fewer students where time is short."""
    first: Run | None = None
    a_student = 0.0  # seconds of one core
    for jobs in counts(cores()):
        left = until - time.monotonic()
        students = FIRST[kind] * jobs
        if first:
            students = min(students, int(MOST_SHARE * left * jobs / a_student))
        if students < jobs:
            yield f"| {jobs} | no time is left |"
            return
        handed_in = toy_class(students) if kind == "toy" else numpy_class(course, students)
        run = graded(course, handed_in, jobs, isolation)
        a_student = run.wall * jobs / students
        first = first or run
        yield run.row(first)


def counts(most: int) -> list[int]:
    """1, 2, 4 ... and the number of cores itself."""
    return sorted({2**n for n in range(most.bit_length())} | {most})


def graded(
    course: Course, texts: Iterator[tuple[str, str, str]], jobs: int, isolation: str | None
) -> Run:
    """Grades a class of (student, brick, text) and measures it from its first grade on."""
    scratch = Path(tempfile.mkdtemp(dir=course.root))
    for student, brick, text in texts:
        path = scratch / "in" / student / f"{brick}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    bricks = list(course.bricks)
    students = find_class(scratch / "in", bricks).students
    began = time.monotonic()
    with session(
        course, scratch / "out", Policy(1, isolation=isolation, repair=0.0), Settings(jobs, True)
    ) as grading:
        warm, rest = students[:1], students[1:]
        list(grading.grade(warm, bricks))
        start, used = time.monotonic(), time.process_time()
        list(grading.grade(rest, bricks))
        wall, used = time.monotonic() - start, time.process_time() - used
    names = {student.name for student in rest}
    lines = map(json.loads, (scratch / "out" / "results.jsonl").open(encoding="utf-8"))
    grades = [line for line in lines if line["student"] in names]
    shutil.rmtree(scratch)
    return Run(
        jobs,
        len(grades),
        sum(len(grade["checks"]) for grade in grades),
        start - began,
        wall,
        sum(grade.get("cpu", 0.0) for grade in grades),
        used,
    )


def toy_course(root: Path, checks: int) -> Course:
    text = TOY + "".join(TOY_CHECK.format(number=number) for number in range(checks))
    for place, content in (("exercises/test_toy.py", text), ("solutions/toy.py", TOY_SOLUTION)):
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return course_at(root)


def toy_class(students: int, text: str = TOY_SOLUTION) -> Iterator[tuple[str, str, str]]:
    for number in range(students + 1):
        yield f"student{number:05d}", "toy", f"{text}# {number}\n"


def numpy_course(root: Path) -> Course:
    """This course: its bricks that NumPy alone computes, without the checks that need Keras."""
    kept = [
        name
        for name, brick in Course(ROOT).bricks.items()
        if not brick.further and not all(c.keras or c.labels for c in brick.checks.values())
    ][:4]
    for folder in ("exercises", "solutions", "solutions/misconceptions"):
        (root / folder).mkdir(parents=True, exist_ok=True)
        for path in (ROOT / folder).glob("*.*"):
            if path.stem.removeprefix("test_") in kept or path.suffix == ".json":
                shutil.copy(path, root / folder)
    for name in kept:
        with (root / "exercises" / f"test_{name}.py").open("a", encoding="utf-8") as file:
            file.write(ONLY_NUMPY)
    return course_at(root)


def numpy_class(course: Course, students: int) -> Iterator[tuple[str, str, str]]:
    """A quarter each right, blank, and with one or another known mistake; every file differs."""
    for number in range(students + 1):
        for brick in course.bricks:
            text = numpy_text(course, brick, number)
            yield f"student{number:05d}", brick, f"{text}\n# handed in by student {number}\n"


def numpy_text(course: Course, brick: str, number: int) -> str:
    reference = course.reference(brick)[-1]
    if number % 4 == 0:
        return reference.code.decode()
    if number % 4 == 2:
        return (course.exercises / f"{brick}.py").read_text(encoding="utf-8")
    known = misconceptions(course, brick)
    return with_misconception(reference, known[number % len(known)]).code.decode()


if __name__ == "__main__":
    main()
