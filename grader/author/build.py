"""Stubs and notebooks from solutions: what is generated is never written twice."""

import ast
import re
from pathlib import Path

import jupytext
from nbgrader.preprocessors import ClearSolutions

from grader.course import Course, CourseError
from grader.desk.source import source_notebook, source_path
from grader.desk.stubs import BEGIN, END, MISSING, SOLUTION_TAG, name_the_missing
from grader.files import write_whole


def build(course: Course) -> list[Path]:
    """Writes the stub of every brick, and its source notebook; returns those that changed."""
    made = everything(course)
    changed = [path for path, text in made.items() if not _holds(path, text)]
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, made[path])
    return changed


def out_of_date(course: Course) -> list[Path]:
    """The files that are not what the generator makes from the solutions."""
    return [path for path, text in everything(course).items() if not _holds(path, text)]


def everything(course: Course) -> dict[Path, str]:
    """All that is generated: stubs, and nbgrader's notebooks where the course has source/."""
    stubs = {
        course.exercises / f"{name}.py": stub(solution_beside(course, Path(f"{name}.py")))
        for name in course.bricks
    }
    if not has_notebooks(course):
        return stubs
    return stubs | {source_path(course, n): source_notebook(course, n) for n in course.bricks}


def has_notebooks(course: Course) -> bool:
    """Whether the course is on nbgrader's desk as well."""
    return (course.root / "source").is_dir()


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def solution_beside(course: Course, stub_path: Path) -> str:
    text = (course.solutions / stub_path.name).read_text(encoding="utf-8")
    try:
        ast.parse(text)
    except SyntaxError as error:
        said = f"solutions/{stub_path.name}, line {error.lineno}: {error.msg}."
        raise CourseError(said) from None
    return text


def stub(solution: str, finished: int = 0) -> str:
    """The stub of a py:percent solution: each solution region raises, naming what is missing.

    With `finished`, the first so many cells that hold a region keep it, as a student's would.
    """
    notebook = jupytext.reads(solution, fmt="py:percent")
    notebook.metadata["jupytext"] = {"notebook_metadata_filter": "-all"}
    if not finished:
        notebook.cells = [
            cell for cell in notebook.cells if SOLUTION_TAG not in cell.metadata.get("tags", [])
        ]
    for cell in [cell for cell in notebook.cells if BEGIN in cell.source][:finished]:
        cell.source = re.sub(rf"^ *({BEGIN}|{END})\n?", "", cell.source, flags=re.MULTILINE)
    clear = ClearSolutions(code_stub={"python": MISSING}, enforce_metadata=False)
    notebook, _ = clear.preprocess(notebook, {"language": "python"})
    return name_the_missing(jupytext.writes(notebook, fmt="py:percent"))
