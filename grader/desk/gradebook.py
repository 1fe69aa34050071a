"""nbgrader's gradebook: what it knows of an assignment, and one that stays open."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from nbgrader.api import Gradebook, MissingEntry


def notebooks_of(coursedir: Any, assignment: str) -> frozenset[str]:
    """The names of its notebooks; none where the gradebook does not know it."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            return frozenset()
        return frozenset(notebook.name for notebook in found.notebooks)


class KeptOpen:
    """nbgrader opens its gradebook a dozen times for each submission.

    Each time it connects, looks for tables and course, and compiles its statements anew, which
    costs more than what it then does.
    """

    def __init__(self) -> None:
        self._opened: dict[tuple[str, str], dict[str, Any]] = {}

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """While it lasts, all that open the same gradebook share its connection, one after the
        other; at the end that is closed, so that nobody else waits for it.
        """
        open_one = Gradebook.__init__

        def share(gradebook: Any, db_url: str, course_id: str = "default_course") -> None:
            if (db_url, course_id) not in self._opened:
                open_one(gradebook, db_url, course_id)
                self._opened[db_url, course_id] = vars(gradebook)
            gradebook.__dict__ = self._opened[db_url, course_id]

        with (
            patch.object(Gradebook, "__init__", share),
            patch.object(Gradebook, "close", lambda gradebook: gradebook.db.remove()),
        ):
            try:
                yield
            finally:
                for opened in self._opened.values():
                    opened["db"].remove()
                    opened["engine"].dispose()
