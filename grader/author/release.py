"""Writes the students' kit, which has recorded values in place of solutions."""

import shutil
import tempfile
from pathlib import Path

from grader.author.build import has_notebooks, solution_of, stub
from grader.author.kit_project import project_of_kit
from grader.author.record import record_answers, record_expected
from grader.course import Course, CourseError
from grader.desk.source import as_text, student_notebook
from grader.live import LiveAnswers, LiveExpected
from grader.runner.process import Process

ENGINE = Path(__file__).parents[1]
# The part of the engine that students get, except for NOT_SHIPPED.
SHIPPED = (
    "*.py",
    "data/__init__.py",
    "data/mnist.npz",
    "desk/__init__.py",
    "desk/cell.py",  # by this name older notebooks load the checks
    "diagnosis/*.py",
    "networks/*.py",
    "pictures/*.py",
    "repair/*.py",
    "report/*.py",
    "runner/*.py",
    "selfcheck/*.py",
)
NOT_SHIPPED = (  # only instructors need them
    "__main__.py",
    "arguments.py",
    "carry_forward.py",
    "cli.py",
    "cores.py",
    "ending.py",
    "exit_status.py",
    "files.py",
    "first_line.py",
    "follow_through.py",
    "live.py",
    "misconceptions.py",
    "policy.py",
    "reference_functions.py",
    "report/codec.py",
    "report/compact.py",
    "report/equality.py",
    "report/line.py",
    "report/report.py",
    "report/summary.py",
    "report/withheld.py",
    "runner/substituting.py",
    "seed.py",
    "selfcheck/on_own.py",
    "where.py",
)
STUDENT_README = Path(__file__).parent / "student_readme.md"


def release(course: Course, target: Path) -> None:
    """Writes the kit to target, a new or empty folder. Raises CourseError if it is neither.

    The kit is made in a folder next to the target, and moved when it is complete.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CourseError(f"{target} is not an empty folder: name a new one, or remove it first.")
    refuse_without_bars(course)
    refuse_without_files(course)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{target.name}-") as folder:
        made = Path(folder) / target.name
        write_kit(course, made)
        made.replace(target)


def refuse_without_bars(course: Course) -> None:
    """Raises CourseError if a check's bar is missing, before the minutes of recording."""
    bars = [c.id for brick in course.bricks.values() for c in brick.checks.values() if c.labels]
    missing = [check for check in bars if check not in course.bars]
    if missing:
        names = ", ".join(missing)
        raise CourseError(f"exercises/bars.json lacks {names}: run `bricks calibrate` first.")


def refuse_without_files(course: Course) -> None:
    """Raises CourseError if a file is missing that a brick's checks read."""
    for brick in course.bricks:
        if missing := [file.name for file in course.files_of(brick) if not file.is_file()]:
            raise CourseError(f"exercises/ lacks {missing[0]}, which the checks of {brick} read.")


def write_kit(course: Course, target: Path) -> None:
    exercises = target / "exercises"
    recorded = exercises / "recorded"
    recorded.mkdir(parents=True)
    process = Process()
    for name in course.bricks:
        path = exercises / f"{name}.py"
        path.write_text(stub(solution_of(course, name)), encoding="utf-8")
        for file in (course.checks_file(name), course.gallery_file(name)):
            if file.exists():
                shutil.copy(file, exercises)
        for file in course.files_of(name):
            shutil.copy(file, exercises)
        record_expected(course, name, LiveExpected(course, process), recorded)
        record_answers(course, name, LiveAnswers(course, process), recorded)
    process.close()
    if course.bars:  # empty if no check has a bar
        shutil.copy(course.exercises / "bars.json", exercises)
    if has_notebooks(course):
        release_notebooks(course, target / "notebooks")
    copy_engine(target / "grader")
    shutil.copy(course.root / "LICENSE", target)
    project = (course.root / "pyproject.toml").read_text(encoding="utf-8")
    (target / "pyproject.toml").write_text(project_of_kit(project), encoding="utf-8")
    shutil.copy(STUDENT_README, target / "README.md")


def copy_engine(target: Path) -> None:
    """Copies the part of the engine that students get."""
    for pattern in SHIPPED:
        for path in sorted(ENGINE.glob(pattern)):
            name = path.relative_to(ENGINE)
            if name.as_posix() not in NOT_SHIPPED:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target / name)


def release_notebooks(course: Course, folder: Path) -> None:
    """Writes each brick as a notebook, for students who work in Jupyter."""
    folder.mkdir()
    for brick in course.bricks:
        text = as_text(student_notebook(course, brick))
        (folder / f"{brick}.ipynb").write_text(text, encoding="utf-8")
