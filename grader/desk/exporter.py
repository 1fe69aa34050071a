"""The exporter through which `nbgrader autograde` reads each notebook."""

from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter

from grader.notebook import MAX_NOTEBOOK
from grader.regular_file import UnreadableSource, read_regular
from grader.submissions.private import private_to


class SubmissionExporter(NotebookExporter):
    """NotebookExporter that refuses a notebook which is too large or lies behind a link."""

    def __init__(self, **rest: Any):
        super().__init__(**rest)  # type: ignore[no-untyped-call]
        self.optimistic_validation = True  # validates after the last preprocessor, not after each

    def from_filename(self, filename: str, resources: Any = None, **more: Any) -> tuple[Any, Any]:
        """Raises UnreadableSource for a file that is too large, a link, or a file of the course."""
        path = Path(filename)
        if any(folder.is_symlink() for folder in (path.parent, path.parent.parent)):
            raise UnreadableSource("it lies in a folder that is a link")
        read_regular(path, MAX_NOTEBOOK, private_to(Path.cwd()))  # nbgrader is in the course's root
        made: tuple[Any, Any] = super().from_filename(filename, resources, **more)
        return made
