"""`bricks autograde`: a class at once into nbgrader's gradebook.

The class engine judges, students side by side, with its journal and cache. What it found is then
written by nbgrader's own converter, step by step as the stock command does it: the same rows, the
same files.
"""

import textwrap
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.utils import chdir
from rich.console import Console
from sqlalchemy.exc import SAWarning
from traitlets import TraitError
from traitlets.config import Config

from grader.answer import readable
from grader.classroom.ingest import Student
from grader.classroom.marking import is_fault
from grader.classroom.notebook import source_in
from grader.classroom.session import Session
from grader.classroom.task import Grade, Task
from grader.classroom.terminal import NeedsAnEye, progress
from grader.course import Course, CourseError
from grader.desk.assignment import notebooks_of
from grader.desk.preprocessors import Judge
from grader.desk.resume import of_the_assignment, up_to_date
from grader.desk.submitted import folder_of, uploads_in
from grader.implementation import UnreadableSource
from grader.submission import Upload

JUDGE = f"{Judge.__module__}.{Judge.__name__}"
SILENT = 50  # nbgrader's log, but for what ends it: what matters of it is told in a line


def autograde(desk: "Desk", grading: Session, console: Console) -> int:
    """Grades what is not graded yet and writes it as nbgrader does; returns the exit status."""
    students = list(desk.students())
    seen, saved = NeedsAnEye(grading.journal.path), 0
    with progress(console, len(students)) as step:
        for name in grading.grade(students, desk.bricks):
            [grades] = grading.journal.grades([name], desk.bricks)
            if any(is_fault(grade) for grade in grades):
                seen.look_at(grades)  # what nbgrader has of the student stays as it is
            elif trouble := desk.save(name, grades):
                seen.others.append(f"Not graded: {name}: {trouble}")
            else:
                seen.look_at(grades)
                saved += 1
            step()
    skipped = len(desk.found) - len(students)
    console.print(f"{desk.assignment}: {saved} graded now, {skipped} were already.")
    for name in desk.by_hand:
        console.print(f"{name}.ipynb is no brick of the course: mark it by hand.", markup=False)
    wanted = " or ".join(f"{name}.ipynb" for name in desk.notebooks)
    seen.others += [f"Not graded: {name}: there is no {wanted}" for name in desk.without]
    seen.others += [
        f"Not graded: {name}: nbgrader finds no such name: rename its folder in submitted."
        for name in desk.lost
    ]
    return seen.tell(console)


class Desk:
    """nbgrader's autograde for one assignment, in the course's folder.

    notebooks: the names of the assignment's; `bricks` those that are bricks, `by_hand` the others.
    found: paths of these, by the folder of the submission.
    without: students who handed in something, and none of these; `lost` whom nbgrader would miss.
    """

    def __init__(self, course: Course, assignment: str, force: bool = False):
        self.course = course
        self.assignment = assignment
        self.force = force
        self.grades: dict[tuple[str, str], Grade] = {}
        with chdir(str(course.root)):
            self.app = AutogradeApp()
            self.app.initialize([assignment])  # it says what is wrong with nbgrader_config.py
        self.app.log_level = SILENT
        self.judge = _judge(self.app)
        grades = self.grades

        def judged(task: Task) -> list[Grade]:
            return [grades[task.student, brick] for brick in task.bricks]

        self.app.update_config(Config({"Judge": {"mark": judged}}))
        self.app.coursedir.assignment_id = assignment
        self.lost = self._lost()
        handed_in = self._handed_in()
        self.found = {folder: own for folder, own in handed_in.items() if own}
        self.without = [_student(folder) for folder, own in handed_in.items() if not own]
        self.notebooks = sorted(notebooks_of(self.app.coursedir, assignment))
        if not self.notebooks:
            raise CourseError(
                f"The gradebook has no {assignment}: run `nbgrader generate_assignment "
                f"{assignment}` first."
            )
        self.bricks = [brick for brick in course.bricks if brick in self.notebooks]
        self.by_hand = [name for name in self.notebooks if name not in course.bricks]

    def _handed_in(self) -> dict[str, list[str]]:
        converter = self._converter("*")
        if JUDGE not in converter.autograde_preprocessors:
            raise CourseError(
                "Nothing is graded: students' code would run beside the gradebook. "
                f"{self.course.root / 'nbgrader_config.py'} must name {JUDGE}, as the kit's does."
            )
        try:
            converter.init_notebooks()
        except NbGraderException:
            if not self.lost:
                where = converter._format_source(self.assignment, "*")
                raise CourseError(
                    f"Nobody handed in {self.assignment}: there is no notebook in {where}."
                ) from None
        found = of_the_assignment(converter).items()
        return {folder: own for folder, own in found if _student(folder) not in self.lost}

    def _lost(self) -> list[str]:
        """Students whom nbgrader would not find, or would take for others."""
        submitted = Path(self.app.coursedir.root, self.app.coursedir.submitted_directory)
        folders = [path.parent.name for path in submitted.glob(f"*/{self.assignment}")]
        return sorted(name for name in folders if folder_of(name) != name)

    def students(self) -> Iterator[Student]:
        """Those whose work is not graded yet, with how to read it; all of them with `force`."""
        converter = self._converter("*")
        for folder, notebooks in self.found.items():
            path = Path(folder)
            if not up_to_date(converter, path, notebooks):
                own = {Path(n).stem: self._sanitized(Path(n)) for n in notebooks}
                yield Student(_student(folder), uploads_in(self.course, path.parent, own))

    def _sanitized(self, notebook: Path) -> Upload:
        """The brick as nbgrader sees it once it has put the course's cells in order."""

        def read() -> bytes:
            with chdir(str(self.course.root)):
                converter = self._converter("*")
                converter.exporter = converter.exporter_class(parent=converter)
                converter._init_preprocessors()
                resources = converter.init_single_notebook_resources(str(notebook))
                try:
                    text, _ = converter.exporter.from_filename(str(notebook), resources=resources)
                except Exception as error:  # whatever strangers wrote
                    raise UnreadableSource(f"nbgrader cannot use it: {_in_a_line(error)}") from None
            return str(text).encode()

        return Upload(notebook.stem, notebook.name, read, source_in)

    def save(self, student: str, grades: Sequence[Grade]) -> str:
        """Writes rows and files of one student's submission; returns why where nbgrader cannot."""
        self.grades.update({(student, grade["brick"]): grade for grade in grades})
        converter = self._converter(student)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)  # nbgrader's own; nothing is amiss
                converter.start()
        except NbGraderException:
            ask = f"`nbgrader autograde {self.assignment} --student {student}` says why"
            return converter.trouble or ask
        finally:
            for grade in grades:
                del self.grades[student, grade["brick"]]
        return ""

    def _converter(self, students: str) -> "Converter":
        self.app.coursedir.student_id = students
        return Converter(coursedir=self.app.coursedir, parent=self.app, force=self.force)


def _judge(app: AutogradeApp) -> Judge:
    """With the settings of nbgrader_config.py. Raises CourseError."""
    try:
        return Judge(parent=app)
    except TraitError as error:
        raise CourseError(str(error)) from None


def _student(folder: str) -> str:
    return Path(folder).parts[-2]


class Converter(Autograde):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's own; it remembers in a line why a notebook cannot be graded."""

    trouble = ""

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.trouble = f"{Path(notebook_filename).name}: {_in_a_line(error)}"
            raise


def _in_a_line(error: Exception) -> str:
    return textwrap.shorten(readable(str(error)), 160, placeholder=" ...") or type(error).__name__
