"""Runs nbgrader's own Autograde on one submission at a time, with results that exist already."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbconvert.writers.files import FilesWriter
from nbformat.warnings import MissingIDFieldWarning
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.utils import chdir
from sqlalchemy.exc import SAWarning

from grader.desk.beside import CopyBeside
from grader.desk.exporter import SubmissionExporter
from grader.desk.preprocessors import Judge
from grader.desk.resume import remove_half_done
from grader.printable import one_line
from grader.regular_file import UnreadableSource
from grader.report.report import Report

JUDGE = f"{Judge.__module__}.{Judge.__name__}"


class StoredResults:
    """Reads submissions through nbgrader's preprocessors; later lets nbgrader write the results.

    converter: stock Autograde, with the settings of nbgrader_config.py.
    judge: gets the results, and replaces the `Judge` that the settings name: nbconvert accepts
        instances in lists of preprocessors.
    left_out: sentences on files beside notebooks that were not copied.
    """

    def __init__(self, converter: Autograde, judge: Judge):
        self.converter = converter
        self.judge = judge
        self.exporter = RememberingExporter(parent=converter)
        converter.exporter = self.exporter
        converter.writer = FilesWriter(parent=converter)
        converter.autograde_preprocessors = [
            judge if name == JUDGE else name for name in converter.autograde_preprocessors
        ]
        self.left_out: list[str] = []
        CopyBeside(converter, converter.coursedir.autograded_directory, self.left_out.append)
        self._unreadable: dict[str, str] = {}  # the reason, by notebook
        self._sanitizer = SubmissionExporter(parent=converter)
        for preprocessor in converter.sanitize_preprocessors:
            self._sanitizer.register_preprocessor(preprocessor)  # type: ignore[no-untyped-call]

    def read(self, notebook: str) -> bytes:
        """The notebook with the course's cells restored. Call `write` or `forget` after it.

        Raises UnreadableSource.
        """
        try:
            with self._at_work():
                resources = self.converter.init_single_notebook_resources(notebook)
                made = self._sanitizer.from_filename(notebook, resources)
            text: bytes = made[0].encode()
        except Exception as error:  # a submission may raise anything
            reason = self._unreadable[notebook] = in_a_line(error)
            raise UnreadableSource(f"nbgrader cannot use it: {reason}") from None
        self.exporter.sanitized[notebook] = made
        return text

    def write(self, notebooks: Sequence[str], results: Mapping[tuple[str, str], Report]) -> str:
        """Writes rows and files of a submission; returns the reason if nbgrader cannot.

        results: by student and brick.
        """
        folder = Path(notebooks[0]).parent
        self.converter.assignments = {str(folder): list(notebooks)}
        self.judge.results = results
        self.exporter.trouble = ""
        try:
            with self._at_work():
                remove_half_done(self.converter.coursedir, folder, notebooks)
                self.converter.convert_notebooks()
        except NbGraderException:
            return self.exporter.trouble or self._reason(notebooks)
        finally:
            self.forget(notebooks)
        return ""

    def _reason(self, notebooks: Sequence[str]) -> str:
        """Why nbgrader did not write a submission, if the exporter raised nothing."""
        for notebook in notebooks:
            if notebook in self._unreadable:
                return f"{Path(notebook).name}: {self._unreadable[notebook]}"
        student, assignment = Path(notebooks[0]).parts[-3:-1]
        return f"`nbgrader autograde {assignment} --student {student}` says why"

    def forget(self, notebooks: Sequence[str]) -> None:
        """Drops the notebooks that `read` has stored."""
        for notebook in notebooks:
            self.exporter.sanitized.pop(notebook, None)
            self._unreadable.pop(notebook, None)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        with chdir(str(self.converter.coursedir.root)), warnings.catch_warnings():
            for category in (SAWarning, MissingIDFieldWarning):  # they show no defect
                warnings.simplefilter("ignore", category)
            yield


class RememberingExporter(SubmissionExporter):
    """An exporter that does not sanitize a notebook again after `read`.

    trouble: the name of the last notebook that failed, and the reason in a line.
    """

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        self.sanitized: dict[str, tuple[str, Any]] = {}
        self.trouble = ""

    def from_filename(self, filename: str, resources: Any = None, **more: Any) -> tuple[Any, Any]:
        if filename in self.sanitized:
            return self.sanitized[filename]
        try:
            return super().from_filename(filename, resources, **more)
        except Exception as error:
            self.trouble = f"{Path(filename).name}: {in_a_line(error)}"
            raise


def in_a_line(error: Exception) -> str:
    """The error's message in a short line, or the name of its class."""
    return one_line(str(error), 160) or type(error).__name__
