"""Generates stubs and notebooks from the solutions, so that each text is written once."""

import ast
import re
from collections.abc import Collection
from pathlib import Path

import jupytext
from nbgrader.preprocessors import ClearSolutions

from grader.author.catalogues import catalogues
from grader.course import Course, CourseError
from grader.desk.source import source_notebook, source_path
from grader.desk.stubs import BEGIN, END, MISSING, SOLUTION_TAG, name_the_missing
from grader.files import write_whole


def build(course: Course) -> list[Path]:
    """Writes each brick's stub and source notebook, and the catalogues of translations.

    Returns the files that changed.
    """
    changed = out_of_date(course)
    texts, catalogue = everything(course), catalogues(course)
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path in catalogue:
            path.write_bytes(catalogue[path])
        else:
            write_whole(path, texts[path])
    return changed


def out_of_date(course: Course) -> list[Path]:
    """The files that differ from what the solutions and the course's sentences generate."""
    texts = [path for path, text in everything(course).items() if not _has_text(path, text)]
    made = catalogues(course).items()
    return texts + [path for path, it in made if not path.is_file() or path.read_bytes() != it]


def everything(course: Course) -> dict[Path, str]:
    """All generated texts: stubs, and nbgrader's notebooks if the course has source/."""
    stubs = {
        course.exercises / f"{name}.py": stub(solution_of(course, name)) for name in course.bricks
    }
    if not has_notebooks(course):
        return stubs
    return stubs | {source_path(course, n): source_notebook(course, n) for n in course.bricks}


def has_notebooks(course: Course) -> bool:
    """Whether the course is also used with nbgrader."""
    return (course.root / "source").is_dir()


def _has_text(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def solution_of(course: Course, brick: str, language: str = "") -> str:
    """The text of the brick's solution, in that language. Raises CourseError if it is no Python."""
    file = course.text_in(language, brick)
    text = file.read_text(encoding="utf-8")
    try:
        ast.parse(text)
    except SyntaxError as error:
        name = file.relative_to(course.root).as_posix()
        message = f"{name}, line {error.lineno}: {error.msg}."
        raise CourseError(message) from None
    return text


def with_finished(solution: str, finished: Collection[str]) -> str:
    """The stub in which only these functions, by their dotted names, are written.

    Cells that only the solution has are included: the written functions may need them.
    """
    lines = solution.splitlines(keepends=True)
    for name, first, last in regions(solution):
        if name in finished:
            lines[first] = lines[last] = ""
        else:
            indent = lines[first][: -len(lines[first].lstrip())]
            lines[first : last + 1] = [f"{indent}{MISSING}\n", *[""] * (last - first)]
    return name_the_missing("".join(lines))


def regions(solution: str) -> list[tuple[str, int, int]]:
    """What students write: the function's dotted name, and lines of BEGIN and END, from 0."""
    bounds = [i for i, line in enumerate(solution.splitlines()) if line.strip() in (BEGIN, END)]
    functions: list[tuple[int, int, str]] = []

    def visit(node: ast.AST, names: tuple[str, ...]) -> None:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = (*names, node.name)
            functions.append((node.lineno - 1, node.end_lineno or 0, ".".join(names)))
        for child in ast.iter_child_nodes(node):
            visit(child, names)

    visit(ast.parse(solution), ())
    found = []
    for first, last in zip(bounds[::2], bounds[1::2], strict=True):
        # If a region ends a function, its END is after the function's last line.
        around = [(start, name) for start, end, name in functions if start < first <= end]
        found.append((max(around)[1] if around else "", first, last))
    return found


def stub(solution: str, finished: int = 0) -> str:
    """The stub of a py:percent solution: each solution region raises, with the function's name.

    finished: of the cells with a region, how many of the first keep it, like a student's work.
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
