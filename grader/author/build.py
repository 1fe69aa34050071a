"""Stubs from solutions: what students start from is generated, never written twice."""

import ast
import re
from pathlib import Path

import jupytext
from nbgrader.preprocessors import ClearSolutions

from grader.course import Course

SOLUTION_TAG = "solution"  # cells with this tag are for the solution alone
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
MISSING = "raise NotImplementedError"


def build(course: Course) -> list[Path]:
    """Writes the stub of every brick; returns those that changed."""
    changed = out_of_date(course)
    for path in changed:
        path.write_text(stub(solution_beside(course, path)), encoding="utf-8")
    return changed


def out_of_date(course: Course) -> list[Path]:
    """The stubs that are not what the generator makes from the solutions."""
    stubs = [course.exercises / f"{name}.py" for name in course.bricks]
    return [
        path
        for path in stubs
        if not path.is_file()
        or path.read_text(encoding="utf-8") != stub(solution_beside(course, path))
    ]


def solution_beside(course: Course, stub_path: Path) -> str:
    return (course.solutions / stub_path.name).read_text(encoding="utf-8")


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


def name_the_missing(source: str) -> str:
    """Gives every bare `raise NotImplementedError` the name of the function that it stands in."""
    lines = source.splitlines(keepends=True)

    def visit(node: ast.AST, names: tuple[str, ...]) -> None:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = (*names, node.name)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
            i = node.lineno - 1
            lines[i] = lines[i].replace(MISSING, f'{MISSING}("{".".join(names)}")')
        for child in ast.iter_child_nodes(node):
            visit(child, names)

    visit(ast.parse(source), ())
    return "".join(lines)
