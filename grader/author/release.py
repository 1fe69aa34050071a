"""Writes the students' kit, which has recorded values in place of solutions."""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import Template

from grader.author.build import has_notebooks, solution_of, stub
from grader.author.catalogues import COURSE, of_kit, sentences_of
from grader.author.kit_project import project_of_kit
from grader.author.recordings import record
from grader.content import ENGINE
from grader.course import Course, CourseError
from grader.desk.source import as_text, student_notebook
from grader.language import CATALOGUES, ENGLISH, catalogues_of

# The part of the engine that students get, except for NOT_SHIPPED.
SHIPPED = (
    "*.py",
    "data/__init__.py",
    "data/mnist.npz",
    "desk/__init__.py",
    "desk/cell.py",  # by this name older notebooks load the checks
    "diagnosis/*.py",
    "languages/*.mo",
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
    "locate.py",
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
)
CONTAINER = {
    "name": "Building bricks of deep learning",
    "image": "mcr.microsoft.com/devcontainers/python:3.12",
    "postCreateCommand": "pip install '.[keras,notebook]'",
    "customizations": {"vscode": {"extensions": ["ms-python.python", "ms-toolsai.jupyter"]}},
}
STUDENT_README = Path(__file__).parent / "student_readme.md"
CHOICE = "course.toml"  # of a kit: the language that it speaks


@dataclass(frozen=True)
class Released:
    """The bricks that the kit at the target has now, in teaching order.

    kept: files in which a student may have written; they stay as they were.
    """

    bricks: tuple[str, ...]
    kept: tuple[Path, ...]


def release(
    course: Course,
    target: Path,
    names: Sequence[str] = (),
    recorded: Callable[[str, bool], None] = lambda brick, known: None,
    language: str = "",
) -> Released:
    """Writes the kit to target: a new folder, an empty one, or an earlier kit.

    names: the bricks to add to those that the kit has; all, if there are none.
    recorded: called with each brick when it is recorded, and with whether the cache had it.
    language: that of its texts and messages; empty: that of the earlier kit, or of course.toml.

    In an earlier kit, everything is brought up to date except its stubs and notebooks. Raises
    CourseError if the target is something else, or if a brick lacks one that it builds on. The
    kit is made in a folder next to the target, and moved when it is complete.
    """
    if target.exists() and not target.is_dir():
        raise CourseError(f"{target} is a file: name a folder.")
    earlier = bricks_of_kit(target)
    if not earlier and target.exists() and any(target.iterdir()):
        raise CourseError(f"{target} is not an empty folder: name a new one, or remove it first.")
    bricks = [name for name in course.bricks if not names or name in names or name in earlier]
    for name in bricks:
        if lost := [one for one in course.predecessors(name) if one not in bricks]:
            raise CourseError(f"{name} builds on {lost[0]}: release {lost[0]} with it, or before.")
    language = language or (Course(target).language if earlier else "") or course.language
    refuse_without_bars(course, bricks)
    refuse_without_files(course, bricks)
    refuse_without_texts(course, bricks, language)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{target.name}-") as folder:
        made = Path(folder) / target.name
        write_kit(course, made, bricks, recorded, language)
        kept = [file for file in stubs_of(course, bricks) if (target / file).exists()]
        for file in kept:
            shutil.copy(target / file, made / file)
        if earlier:
            shutil.copytree(made, target, dirs_exist_ok=True)
        else:
            made.replace(target)
    return Released(tuple(bricks), tuple(kept))


def bricks_of_kit(folder: Path) -> list[str]:
    """The bricks of the kit in that folder; none where it is no kit."""
    if not (folder / "exercises" / "recorded").is_dir() or (folder / "solutions").exists():
        return []
    return [file.stem.removeprefix("test_") for file in (folder / "exercises").glob("test_*.py")]


def stubs_of(course: Course, bricks: Sequence[str]) -> list[Path]:
    """The files of a kit that students write in, by their paths in it."""
    modules = [Path("exercises", f"{name}.py") for name in bricks]
    notebooks = [Path("notebooks", f"{name}.ipynb") for name in bricks]
    return [*modules, *(notebooks if has_notebooks(course) else [])]


def refuse_without_bars(course: Course, bricks: Sequence[str]) -> None:
    """Raises CourseError if a check's bar is missing, before the minutes of recording."""
    bars = [c.id for name in bricks for c in course.bricks[name].checks.values() if c.labels]
    missing = [check for check in bars if check not in course.bars]
    if missing:
        names = ", ".join(missing)
        raise CourseError(f"exercises/bars.json lacks {names}: run `bricks calibrate` first.")


def refuse_without_files(course: Course, bricks: Sequence[str]) -> None:
    """Raises CourseError if a file is missing that a brick's checks read."""
    for brick in bricks:
        if missing := [file.name for file in course.files_of(brick) if not file.is_file()]:
            raise CourseError(f"exercises/ lacks {missing[0]}, which the checks of {brick} read.")


def refuse_without_texts(course: Course, bricks: Sequence[str], language: str) -> None:
    """Raises CourseError if a brick has no text in that language, or messages have none."""
    if language in ("", ENGLISH):
        return
    if not (CATALOGUES / f"{language}.mo").is_file():
        known = ", ".join([ENGLISH, *sorted(file.stem for file in CATALOGUES.glob("*.mo"))])
        raise CourseError(f"Messages are not translated into {language!r}, but into: {known}.")
    for brick in bricks:
        if not course.text_in(language, brick).is_file():
            raise CourseError(f"solutions/{language}/ has no {brick}.py: translate that first.")


def write_kit(
    course: Course,
    target: Path,
    bricks: Sequence[str],
    recorded: Callable[[str, bool], None],
    language: str = "",
) -> None:
    exercises = target / "exercises"
    (exercises / "recorded").mkdir(parents=True)
    record(course, bricks, exercises / "recorded", recorded)
    for name in bricks:
        path = exercises / f"{name}.py"
        path.write_text(stub(solution_of(course, name, language)), encoding="utf-8")
        for file in (course.checks_file(name), course.gallery_file(name)):
            if file.exists():
                shutil.copy(file, exercises)
        for file in course.files_of(name):
            shutil.copy(file, exercises)
    if course.bars:  # empty if no check has a bar
        shutil.copy(course.exercises / "bars.json", exercises)
    if has_notebooks(course):
        release_notebooks(course, target / "notebooks", bricks, language)
    for file in sorted(course.solutions.glob(f"*/{COURSE}")):
        in_kit = catalogues_of(target, file.parent.name)[1]
        in_kit.write_bytes(of_kit(course, file, list(bricks)))
    if language:
        (target / CHOICE).write_text(f'language = "{language}"\n', encoding="utf-8")
    copy_engine(target / "grader")
    shutil.copy(course.root / "LICENSE", target)
    project = (course.root / "pyproject.toml").read_text(encoding="utf-8")
    (target / "pyproject.toml").write_text(project_of_kit(project), encoding="utf-8")
    (target / ".devcontainer").mkdir()
    container = target / ".devcontainer" / "devcontainer.json"
    container.write_text(f"{json.dumps(CONTAINER, indent=2)}\n", encoding="utf-8")
    translated = STUDENT_README.with_name(f"{STUDENT_README.stem}.{language}.md")
    readme = translated if translated.is_file() else STUDENT_README
    said = sentences_of(course, language)
    text = Template(readme.read_text(encoding="utf-8"), keep_trailing_newline=True).render(
        bricks=[replace(it, title=said(it.title)) for it in map(course.bricks.__getitem__, bricks)],
        first=bricks[0],
        first_part=next(iter(course.bricks[bricks[0]].parts)),
    )
    (target / "README.md").write_text(text, encoding="utf-8")


def copy_engine(target: Path) -> None:
    """Copies the part of the engine that students get."""
    for pattern in SHIPPED:
        for path in sorted(ENGINE.glob(pattern)):
            name = path.relative_to(ENGINE)
            if name.as_posix() not in NOT_SHIPPED:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target / name)


def release_notebooks(
    course: Course, folder: Path, bricks: Sequence[str], language: str = ""
) -> None:
    """Writes each brick as a notebook, for students who work in Jupyter."""
    folder.mkdir()
    for brick in bricks:
        text = as_text(student_notebook(course, brick, language))
        (folder / f"{brick}.ipynb").write_text(text, encoding="utf-8")
