"""Going on after a kill: nbgrader skips what it finds in autograded/, finished or not."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters import NbGraderException
from nbgrader.utils import rmtree
from traitlets import TraitError

from grader.course import CourseError, find_course
from grader.desk.gradebook import notebooks_of
from grader.desk.preprocessors import JUDGED, Judge
from grader.mnist import DataError
from grader.notebook import MAX_NOTEBOOK
from grader.regular_file import UnreadableSource, read_regular


class ResumingExporter(NotebookExporter):
    """The exporter of `nbgrader autograde`; it is made just before submissions are looked at.

    Where something is to be graded and nobody can, it says so and ends: nothing is removed yet. It
    takes away what is half done there, so that nbgrader does it again. The last thing that is
    written of a notebook is its judged version: what lacks that was interrupted.
    """

    def __init__(self, **rest: Any):
        super().__init__(**rest)  # type: ignore[no-untyped-call]
        self.optimistic_validation = True  # after the last step, not after each
        converter = rest["parent"]
        submissions = of_the_assignment(converter)
        if not all(up_to_date(converter, Path(each), own) for each, own in submissions.items()):
            self._see_who_judges(converter)
        for folder, notebooks in submissions.items():
            done = graded_folder(converter, Path(folder))
            if done.exists() and not finished(done, notebooks):
                converter.log.warning("Grading was interrupted; doing it again: %s", done)
                rmtree(str(done))

    def from_filename(self, filename: str, resources: Any = None, **more: Any) -> tuple[Any, Any]:
        """Raises UnreadableSource for what is too large, or a link to what may be another's."""
        path = Path(filename)
        if any(place.is_symlink() for place in (path.parent, path.parent.parent)):
            raise UnreadableSource("it lies in a folder that is a link")
        read_regular(path, MAX_NOTEBOOK)
        made: tuple[Any, Any] = super().from_filename(filename, resources, **more)
        return made

    def _see_who_judges(self, converter: Any) -> None:
        try:
            judge = Judge(parent=self)
            if judge.known is None:
                judge.grading(find_course(Path(converter.coursedir.root)))
        except (CourseError, DataError, TraitError) as error:
            converter.log.error("%s", error)
            raise NbGraderException(str(error)) from None


def of_the_assignment(converter: Any) -> dict[str, list[str]]:
    """By the folder of a submission, its notebooks that the gradebook knows; nbgrader skips others.

    A submission with none of them is there all the same.
    """
    known = lru_cache(lambda assignment: notebooks_of(converter.coursedir, assignment))
    return {
        folder: [path for path in notebooks if Path(path).stem in known(Path(folder).name)]
        for folder, notebooks in sorted(converter.assignments.items())
    }


def graded_folder(converter: Any, submitted: Path) -> Path:
    """Where nbgrader puts what it makes of a submission."""
    student, assignment = submitted.parts[-2:]
    return Path(converter._format_dest(assignment, student))


def finished(folder: Path, notebooks: Sequence[str]) -> bool:
    """Whether the folder is there, and in it the judged version of each notebook, whole."""
    return folder.is_dir() and all(_judged(folder / Path(notebook).name) for notebook in notebooks)


def up_to_date(converter: Any, submitted: Path, notebooks: Sequence[str]) -> bool:
    """Whether nbgrader skips the submission: it is graded and was not handed in again."""
    if converter.force:
        return False
    done = graded_folder(converter, submitted)
    if not finished(done, notebooks):
        return False
    new, old = (converter.coursedir.get_existing_timestamp(str(p)) for p in (submitted, done))
    return not (new is not None and old is not None and new > old)


def _judged(path: Path) -> bool:
    try:
        return JUDGED in json.loads(path.read_text(encoding="utf-8"))["metadata"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
