"""Reading nbgrader's gradebook."""

from typing import Any

from nbgrader.api import Gradebook, MissingEntry


def notebooks_of(coursedir: Any, assignment: str) -> frozenset[str]:
    """The names of the assignment's notebooks; none if the gradebook does not have it."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            return frozenset()
        return frozenset(notebook.name for notebook in found.notebooks)
