"""Reading nbgrader's gradebook."""

from typing import Any

from nbgrader.api import Gradebook, MissingEntry


def notebooks_of(coursedir: Any, assignment: str) -> frozenset[str]:
    """The names of the assignment's notebooks; none if the gradebook does not have it."""
    return frozenset(tests_of(coursedir, assignment))


def tests_of(coursedir: Any, assignment: str) -> dict[str, int]:
    """By notebook of the assignment, the number of its test cells; {} if it is not there."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            return {}
        return {
            notebook.name: len(
                {cell.name for cell in notebook.grade_cells if cell.cell_type == "code"}
                - {cell.name for cell in notebook.solution_cells}
            )
            for notebook in found.notebooks
        }
