"""The same class graded three ways: by this kit, by stock nbgrader, by otter-grader.

The notebooks of the other two run the same checks, through the same engine, in their kernels, with
expected values from a released kit: what differs is how the work is organised.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from whole import Cost, cost_of

from grader.author.build import solution_of, stub
from grader.author.demo import with_mistake
from grader.course import Course
from grader.misconceptions import misconceptions

STUDENTS = 40
SAMPLES = {"stock nbgrader": 20, "otter-grader": 4}  # students of each brick, of every kind alike
CORES = os.cpu_count() or 1
HERE = Path(__file__).parent
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
KINDS = ("right", "wrong", "blank", "half")


@dataclass(frozen=True)
class Graded:
    """What grading so many submissions (a student and a brick each) cost.

    students_cpu: seconds of it that were the children's, which run students' code.
    """

    submissions: int
    cost: Cost
    students_cpu: float = 0.0

    @property
    def per_minute(self) -> float:
        return 60 * self.submissions / self.cost.wall

    @property
    def cpu_each(self) -> float:
        return self.cost.cpu / self.submissions


def text_of(course: Course, brick: str, number: int) -> str:
    """What student `number` hands in: each a little different, so that none is known already."""
    solution = solution_of(course, brick)
    kind = KINDS[number % len(KINDS)]
    known = misconceptions(course, brick)
    text = {
        "right": lambda: solution,
        "wrong": lambda: with_mistake(course, brick, known[number % len(known)].id),
        "blank": lambda: stub(solution),
        "half": lambda: stub(solution, finished=4),
    }[kind]()
    return f"{text}\n# handed in by student {number}\n"


Text = Callable[[Course, str, int], str]


def make_class(
    course: Course, folder: Path, students: int, bricks: Sequence[str], text: Text = text_of
) -> None:
    for number in range(students):
        for brick in bricks:
            path = folder / f"student{number:05d}" / f"{brick}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text(course, brick, number), encoding="utf-8")


def by_this_kit(
    course: Course,
    scratch: Path,
    students: int,
    bricks: Sequence[str],
    text: Text = text_of,
    options: Sequence[str] = (),
) -> Graded:
    """`bricks grade` on a class. text: what each hands in."""
    handed_in, out = scratch / "handed in", scratch / "out"
    make_class(course, handed_in, students, bricks, text)
    command = [
        sys.executable, "-m", "grader", "grade", str(handed_in), "--out", str(out), "--fresh",
        "--course", str(course.root), "--brick", *bricks, *options,
    ]  # fmt: skip
    cost = cost_of(command, scratch, {"XDG_CACHE_HOME": str(scratch / "cache")})
    shutil.rmtree(handed_in)
    return Graded(students * len(bricks), cost, students_cpu(out))


def students_cpu(results: Path) -> float:
    """Seconds of the children that ran students' code, as the journal has them."""
    with (results / "results.jsonl").open(encoding="utf-8") as lines:
        return sum(json.loads(line).get("cpu", 0.0) for line in lines)


def by_desk(course: Course, scratch: Path, students: int, bricks: Sequence[str]) -> Graded:
    """`bricks autograde` into nbgrader's gradebook: notebooks and database are part of the work."""
    root = scratch / "desk"
    for folder in ("exercises", "solutions", "source"):
        shutil.copytree(course.root / folder, root / folder)
    shutil.copy(course.root / "nbgrader_config.py", root)
    settings = {"XDG_CACHE_HOME": str(scratch / "desk cache")}
    for brick in bricks:
        _run(["nbgrader", "generate_assignment", brick], root, settings)
    make_class(course, scratch / "modules", students, bricks)
    _run(["grader", "collect", str(scratch / "modules")], root, settings)
    cost = cost_of([sys.executable, "-m", "grader", "autograde", *bricks], root, settings)
    graded = list((root / "autograded").glob("*/*/*.ipynb"))
    if len(graded) != students * len(bricks):
        raise RuntimeError(f"{len(graded)} of {students * len(bricks)} notebooks were graded")
    return Graded(len(graded), cost, students_cpu(root / "results" / "nbgrader"))


def notebook(course: Course, brick: str, text: str, graded: bool) -> nbformat.NotebookNode:
    """The module in one cell, then a cell for each check; with `graded`, as nbgrader marks them."""

    def marked(name: str, source: str, points: int, solution: bool) -> nbformat.NotebookNode:
        about = {
            "schema_version": 3, "grade_id": name, "grade": bool(points), "solution": solution,
            "locked": not solution, "task": False,
        }  # fmt: skip
        if points:
            about["points"] = points
        return new_code_cell(source, metadata={"nbgrader": about} if graded else {})

    cells = [
        marked("module", text, 0, solution=True),
        marked("setup", f"from in_kernel import exam\nchecks = exam({brick!r}, In[1])", 0, False),
    ]
    if graded:
        cells += [
            marked(check.name, f"assert checks.passes({check.name!r})", check.points, False)
            for check in course.bricks[brick].checks.values()
        ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def environment(course: Course, kit: Path) -> dict[str, str]:
    path = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    return {"PYTHONPATH": path, "BENCH_KIT": str(kit), "BENCH_COURSE": str(course.root), **QUIET}


def by_stock_nbgrader(course: Course, scratch: Path, kit: Path) -> dict[str, Graded]:
    """`nbgrader autograde BRICK`, as it comes; what each brick costs for the whole class.

    A sample is graded. The class costs as many times more, but for the start of the command, which
    is measured by the same command when all are graded already.
    """
    sample = SAMPLES["stock nbgrader"]
    root = scratch / "nbgrader"
    bricks = course.core
    for brick in bricks:
        source = notebook(course, brick, "", graded=True)
        _write(source, root / "source" / brick / f"{brick}.ipynb")
        for number in range(sample):
            handed_in = notebook(course, brick, text_of(course, brick, number), graded=True)
            place = root / "submitted" / f"student{number}" / brick / f"{brick}.ipynb"
            _write(handed_in, place)
    settings = environment(course, kit)
    for brick in bricks:
        _run(["nbgrader", "generate_assignment", brick], root, settings)
    found = {}
    for brick in bricks:
        command = [sys.executable, "-m", "nbgrader", "autograde", brick]
        cost = cost_of(command, root, settings)
        graded = len(list((root / "autograded").glob(f"*/{brick}/{brick}.ipynb")))
        if graded != sample:
            raise RuntimeError(f"nbgrader graded {graded} of {sample} notebooks")
        found[brick] = Graded(STUDENTS, _scaled(cost, cost_of(command, root, settings), sample))
    return found


def _scaled(sample: Cost, start: Cost, graded: int) -> Cost:
    """What STUDENTS cost, from what `graded` cost and what a start costs."""
    times = STUDENTS / graded
    return replace(
        sample,
        wall=start.wall + times * (sample.wall - start.wall),
        cpu=start.cpu + times * (sample.cpu - start.cpu),
    )


OTTER_TEST = """OK_FORMAT = True
test = {{"name": "{name}", "points": {points}, "suites": [{{"cases": [
    {{"code": ">>> bool(checks.passes('{name}'))\\nTrue", "hidden": False, "locked": False}}
], "scored": True, "setup": "", "teardown": "", "type": "doctest"}}]}}
"""


def by_otter(course: Course, scratch: Path, kit: Path) -> dict[str, Graded]:
    """`otter run` on each notebook of a sample, without containers; nothing where there is none."""
    try:
        import otter  # noqa: F401
    except ImportError:
        return {}
    root = scratch / "otter"
    settings = environment(course, kit)
    found = {}
    for brick in course.core:
        costs = []
        tests = root / brick / "tests"
        tests.mkdir(parents=True)
        for check in course.bricks[brick].checks.values():
            text = OTTER_TEST.format(name=check.name, points=check.points)
            (tests / f"{check.name}.py").write_text(text)
        _run(["otter", "generate", "-t", "tests", "--no-environment"], root / brick, settings)
        for number in range(SAMPLES["otter-grader"]):
            handed_in = notebook(course, brick, text_of(course, brick, number), graded=False)
            _write(handed_in, root / brick / f"student{number}.ipynb")
            command = ["otter", "run", f"student{number}.ipynb", "-a", "autograder.zip", "-o", "."]
            costs.append(cost_of([sys.executable, "-m", *command], root / brick, settings))
        found[brick] = Graded(len(costs), _sum(costs))
    return found


def together(parts: Sequence[Graded]) -> Graded:
    """What was graded brick by brick, as one."""
    return Graded(sum(part.submissions for part in parts), _sum([part.cost for part in parts]))


def _write(notebook: nbformat.NotebookNode, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def _run(command: Sequence[str], cwd: Path, settings: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, env={**os.environ, **settings},
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")


def _sum(costs: Sequence[Cost]) -> Cost:
    return Cost(
        sum(cost.wall for cost in costs),
        sum(cost.cpu for cost in costs),
        max(cost.memory for cost in costs),
        max(cost.coordinator for cost in costs),
    )
