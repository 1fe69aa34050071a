"""nbgrader's own converter for a whole class: the same steps, and none of them twice."""

import textwrap
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbconvert.writers.files import FilesWriter
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.converters.base import BaseConverter
from nbgrader.utils import chdir
from sqlalchemy.exc import SAWarning

from grader.desk.gradebook import KeptOpen
from grader.desk.resume import of_the_assignment
from grader.printable import printable
from grader.regular_file import UnreadableSource


class Converter(Autograde):  # type: ignore[misc]  # nbgrader has no types
    """Autograde, one submission at a time, each notebook sanitized when it is read to be judged."""

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        self._gradebook = KeptOpen()
        self._sanitized: dict[str, tuple[str, Any]] = {}
        self._trouble = ""

    def handed_in(self) -> dict[str, list[str]]:
        """By folder, notebooks of the assignment. Raises NbGraderException where there is none."""
        self.init_notebooks()
        return of_the_assignment(self)

    def begin(self) -> None:
        """Takes away what an interruption left half done."""
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)

    def read(self, notebook: str) -> bytes:
        """The notebook with the course's cells in order; `write` or `leave` is to follow.

        Raises UnreadableSource.
        """
        try:
            with self._at_work():
                text, _ = self._sanitized[notebook] = self._sanitize(notebook)
            return text.encode()
        except Exception as error:  # whatever strangers wrote
            raise UnreadableSource(f"nbgrader cannot use it: {in_a_line(error)}") from None

    def write(self, notebooks: Sequence[str]) -> str:
        """Writes rows and files of a submission; returns why where that cannot be done."""
        folder = Path(notebooks[0]).parent
        self.assignments = {str(folder): list(notebooks)}
        self._trouble = ""
        try:
            with self._at_work():
                self.convert_notebooks()
        except NbGraderException:
            student, assignment = folder.parts[-2:]
            return (
                self._trouble or f"`nbgrader autograde {assignment} --student {student}` says why"
            )
        finally:
            self.leave(notebooks)
        return ""

    def leave(self, notebooks: Sequence[str]) -> None:
        """Forgets what was read."""
        for notebook in notebooks:
            self._sanitized.pop(notebook, None)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        with (
            chdir(str(self.coursedir.root)),
            self._gradebook.in_use(),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own; nothing is amiss
            yield

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            known = self._sanitized.get(notebook_filename)
            text, resources = known or self._sanitize(notebook_filename)
            self.write_single_notebook(text, resources)
            self._judge(Path(self.writer.build_directory, Path(notebook_filename).name))
        except Exception as error:
            self._trouble = f"{Path(notebook_filename).name}: {in_a_line(error)}"
            raise

    def _sanitize(self, notebook: str) -> tuple[str, Any]:
        self._init_preprocessors()
        resources = self.init_single_notebook_resources(notebook)
        made: tuple[str, Any] = self.exporter.from_filename(notebook, resources=resources)
        return made

    def _judge(self, sanitized: Path) -> None:
        self._sanitizing = False
        self._init_preprocessors()
        try:
            BaseConverter.convert_single_notebook(self, str(sanitized))
        finally:
            self._sanitizing = True


def in_a_line(error: Exception) -> str:
    return textwrap.shorten(printable(str(error)), 160, placeholder=" ...") or type(error).__name__
