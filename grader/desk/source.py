"""Makes nbgrader's source notebook of a brick from `solutions/<brick>.py` and the checks."""

import ast
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbgrader.preprocessors import ClearOutput, ComputeChecksums, LockCells

from grader.course import Course, CourseError
from grader.desk.grade_ids import id_of_solution, id_of_test
from grader.desk.stubs import BEGIN, NamedStubs

SCHEMA = 3  # of nbgrader's cell metadata
FIRST = "setup"  # the grade id of the first cell
LOADS_CHECKS = "%load_ext grader"  # the code of that cell
FOR_STUDENTS = (LockCells, NamedStubs, ClearOutput, ComputeChecksums)


def source_path(course: Course, brick: str) -> Path:
    """Where nbgrader looks for the source notebook of the assignment named after the brick."""
    return course.root / "source" / brick / f"{brick}.ipynb"


def source_notebook(course: Course, brick: str) -> str:
    """The notebook: the text, a cell for each function or class, and after it a test cell for each
    of its parts, with the part's points.
    """
    return as_text(_source(course, brick))


def student_notebook(course: Course, brick: str, language: str = "") -> Any:
    """The notebook as `nbgrader generate_assignment` makes it: no solutions, cells locked."""
    notebook: Any = _source(course, brick, language)
    resources: dict[str, Any] = {}
    for step in FOR_STUDENTS:
        notebook, resources = step().preprocess(notebook, resources)
    return notebook


def as_text(notebook: Any) -> str:
    return f"{nbformat.writes(notebook, version=4)}\n"


def _source(course: Course, brick: str, language: str = "") -> Any:
    solution = course.text_in(language, brick).read_text(encoding="utf-8")
    untested = course.bricks[brick].parts
    cells = [_with_metadata(nbformat.v4.new_code_cell(LOADS_CHECKS), FIRST, locked=True)]
    for number, cell in enumerate(jupytext.reads(solution, fmt="py:percent").cells, 1):
        names = defined(cell.source) if cell.cell_type == "code" else []
        if cell.cell_type == "code" and BEGIN in cell.source and not names:
            raise CourseError(
                f"solutions/{brick}.py, cell {number}: a solution must stand in a function or a"
                " class."
            )
        cells.append(_from_solution(cell, names, len(cells)))
        for part in [part for part in untested if part.split(".")[0] in names]:
            cells.append(_test(brick, part, untested.pop(part)))
    cells += [_test(brick, part, points) for part, points in untested.items()]
    return nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )


def defined(code: str) -> list[str]:
    """The functions and classes that the code defines at its top level."""
    body = ast.parse(code).body
    return [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def _from_solution(cell: Any, names: list[str], number: int) -> Any:
    tags = cell.metadata.get("tags", [])
    cell.metadata.clear()
    if tags:
        cell.metadata["tags"] = tags
    if cell.cell_type == "code" and BEGIN in cell.source:
        return _with_metadata(cell, id_of_solution(names[0]), solution=True)
    cell.id = f"cell-{number}"  # nbformat's random ids would change the file at each build
    return cell


def _test(brick: str, part: str, points: int) -> Any:
    cell = nbformat.v4.new_code_cell(f"%check {brick} {part}")
    return _with_metadata(cell, id_of_test(part), grade=True, locked=True, points=points)


def _with_metadata(cell: Any, grade_id: str, **fields: Any) -> Any:
    cell.id = grade_id
    cell.metadata["nbgrader"] = {
        "grade": False,
        "grade_id": grade_id,
        "locked": False,
        "schema_version": SCHEMA,
        "solution": False,
        "task": False,
        **fields,
    }
    return cell
