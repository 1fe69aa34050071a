"""Resumes after a kill: nbgrader would skip half-done submissions in autograded/."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbgrader.converters import NbGraderException
from nbgrader.utils import rmtree
from traitlets import TraitError

from grader.classroom.secret_seed import secret_seed
from grader.course import CourseError, find_course
from grader.desk.beside import CopyBeside, set_unusable_timestamps_aside
from grader.desk.exporter import SubmissionExporter
from grader.desk.gradebook import notebooks_of
from grader.desk.preprocessors import JUDGED, Judge
from grader.mnist import DataError
from grader.seed import FILE

JOURNAL = Path("results", "nbgrader")  # of `bricks autograde`


class ResumingExporter(SubmissionExporter):
    """The exporter of the stock `nbgrader autograde`, which calls `begin` when it is made.

    nbgrader makes one exporter for a command, after it has found the submissions and before it
    looks into autograded/. nbgrader has no other class or hook between the two.
    """

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        begin(self.parent, self)


def begin(converter: Any, exporter: Any) -> None:
    """Checks that the engine can grade; only then removes half-done submissions.

    It checks only if any submission is to be graded. From here on, the kit's rule decides which
    files beside notebooks are copied. Raises NbGraderException.
    """
    coursedir = converter.coursedir
    submissions = of_the_assignment(converter)
    set_unusable_timestamps_aside(submissions, converter.log.warning)
    CopyBeside(converter, coursedir.autograded_directory, converter.log.warning)
    if converter.force or not all(
        up_to_date(coursedir, Path(folder), own) for folder, own in submissions.items()
    ):
        try:
            course = find_course(Path(coursedir.root))
            for note in secret_seed(course.root / FILE, course.root / JOURNAL).notes:
                converter.log.warning(note)
            Judge(parent=exporter).judging(course)
        except (CourseError, DataError, TraitError) as error:
            converter.log.error("%s", error)
            raise NbGraderException(str(error)) from None
    for folder, notebooks in submissions.items():
        if remove_half_done(coursedir, Path(folder), notebooks):
            converter.log.warning("Grading was interrupted; doing it again: %s", folder)


def of_the_assignment(converter: Any) -> dict[str, list[str]]:
    """By the folder of a submission, its notebooks that the gradebook knows; nbgrader skips others.

    A submission that has none of them is included, with an empty list.
    """
    known = lru_cache(lambda assignment: notebooks_of(converter.coursedir, assignment))
    return {
        folder: [path for path in notebooks if Path(path).stem in known(Path(folder).name)]
        for folder, notebooks in sorted(converter.assignments.items())
    }


def up_to_date(coursedir: Any, submitted: Path, notebooks: Sequence[str]) -> bool:
    """Whether the submission is graded and was not handed in again: nbgrader skips it."""
    graded = _graded_folder(coursedir, submitted)
    if not _finished(graded, notebooks):
        return False
    new, old = (coursedir.get_existing_timestamp(str(folder)) for folder in (submitted, graded))
    return not (new is not None and old is not None and new > old)


def remove_half_done(coursedir: Any, submitted: Path, notebooks: Sequence[str]) -> bool:
    """Removes what an interruption left of the submission; returns whether there was any."""
    graded = _graded_folder(coursedir, submitted)
    half_done = graded.exists() and not _finished(graded, notebooks)
    if half_done:
        rmtree(str(graded))
    return half_done


def _graded_folder(coursedir: Any, submitted: Path) -> Path:
    """The folder in autograded/ where nbgrader writes the graded submission."""
    student, assignment = submitted.parts[-2:]
    return Path(coursedir.format_path(coursedir.autograded_directory, student, assignment))


def _finished(folder: Path, notebooks: Sequence[str]) -> bool:
    """Whether the folder has the complete judged version of each notebook.

    nbgrader writes the judged version of a notebook last.
    """
    return folder.is_dir() and all(_judged(folder / Path(notebook).name) for notebook in notebooks)


def _judged(path: Path) -> bool:
    try:
        return JUDGED in json.loads(path.read_text(encoding="utf-8"))["metadata"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
