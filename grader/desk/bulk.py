"""`bricks autograde`: a class at once into nbgrader's gradebook.

The class engine judges, students side by side, with its journal and cache. What it found is then
written by nbgrader's own converter, step by step as the stock command does it: the same rows, the
same files.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from nbgrader.apps import AutogradeApp
from nbgrader.converters import NbGraderException
from nbgrader.utils import chdir
from rich.console import Console
from traitlets import TraitError
from traitlets.config import Config

from grader.classroom.session import Session
from grader.classroom.terminal import NeedsAnEye, progress
from grader.course import Course, CourseError
from grader.desk.converter import Converter
from grader.desk.gradebook import notebooks_of
from grader.desk.preprocessors import Judge
from grader.desk.resume import up_to_date
from grader.desk.submitted import folder_of, uploads_in
from grader.exit_status import ExitStatus
from grader.notebook import source_in
from grader.report import Report
from grader.submission import Upload, several
from grader.submissions.find import Student

JUDGE = f"{Judge.__module__}.{Judge.__name__}"
SILENT = 50  # nbgrader's log, but for what ends it: what matters of it is told in a line


def autograde(desk: "Desk", grading: Session, console: Console) -> ExitStatus:
    """Grades what is not graded yet and writes it as nbgrader does; returns the exit status."""
    students = list(desk.students())
    desk.converter.begin()
    seen, saved = NeedsAnEye(grading.journal.path), 0
    with progress(console, len(students)) as step:
        for name in grading.grade(students, desk.bricks):
            [grades] = grading.journal.reports([name], desk.bricks)
            if any(grade.is_fault for grade in grades):
                desk.converter.leave(desk.found[name])  # what nbgrader has of them stays as it is
                seen.look_at(grades)
            elif trouble := desk.save(name, grades):
                seen.others.append(f"Not graded: {name}: {trouble}")
            else:
                seen.look_at(grades)
                saved += 1
            step()
    skipped = len(desk.found) - len(students)
    console.print(f"{desk.assignment}: {saved} graded now, {skipped} were already.")
    for said in desk.several:
        console.print(said, markup=False)
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
    found: paths of these, by student.
    without: students who handed in something, and none of these; `lost` whom nbgrader would miss.
    """

    def __init__(self, course: Course, assignment: str, force: bool = False):
        self.course = course
        self.assignment = assignment
        self.several: list[str] = []  # which file is taken of bricks that several may be
        self.grades: dict[tuple[str, str], Report] = {}
        with chdir(str(course.root)):
            self.app = AutogradeApp()
            self.app.initialize([assignment])  # it says what is wrong with nbgrader_config.py
        self.app.log_level = SILENT
        self.judge = _judge(self.app)
        grades = self.grades
        self.app.update_config(Config({"Judge": {"known": lambda *which: grades[which]}}))
        coursedir = self.app.coursedir
        coursedir.assignment_id, coursedir.student_id = assignment, "*"
        self.converter = Converter(coursedir=coursedir, parent=self.app, force=force)
        if JUDGE not in self.converter.autograde_preprocessors:
            raise CourseError(
                "Nothing is graded: students' code would run beside the gradebook. "
                f"{course.root / 'nbgrader_config.py'} must name {JUDGE}, as the kit's does."
            )
        self.lost = self._lost()
        handed_in = self._handed_in()
        self.found = {name: own for name, own in handed_in.items() if own}
        self.without = [name for name, own in handed_in.items() if not own]
        self.notebooks = sorted(notebooks_of(coursedir, assignment))
        if not self.notebooks:
            raise CourseError(
                f"The gradebook has no {assignment}: run `nbgrader generate_assignment "
                f"{assignment}` first."
            )
        self.bricks = [brick for brick in course.bricks if brick in self.notebooks]
        self.by_hand = [name for name in self.notebooks if name not in course.bricks]

    def _handed_in(self) -> dict[str, list[str]]:
        try:
            found = self.converter.handed_in()
        except NbGraderException:
            if self.lost:
                return {}
            where = self.converter._format_source(self.assignment, "*")
            raise CourseError(
                f"Nobody handed in {self.assignment}: there is no notebook in {where}."
            ) from None
        by_student = {Path(folder).parts[-2]: own for folder, own in found.items()}
        return {name: own for name, own in by_student.items() if name not in self.lost}

    def _lost(self) -> list[str]:
        """Students whom nbgrader would not find, or would take for others."""
        submitted = Path(self.app.coursedir.root, self.app.coursedir.submitted_directory)
        folders = [path.parent.name for path in submitted.glob(f"*/{self.assignment}")]
        return sorted(name for name in folders if folder_of(name) != name)

    def students(self) -> Iterator[Student]:
        """Those whose work is not graded yet, with how to read it; all of them with `force`."""
        for name, notebooks in self.found.items():
            folder = Path(notebooks[0]).parent
            if not up_to_date(self.converter, folder, notebooks):
                own = {Path(path).stem: self._upload(path) for path in notebooks}
                others = [brick for brick in self.course.bricks if brick not in own]
                self.several += [f"{name}: {said}" for said in several(others, folder)]
                yield Student(name, uploads_in(self.course, folder, own))

    def _upload(self, notebook: str) -> Upload:
        """The brick as nbgrader sees it once it has put the course's cells in order."""
        path = Path(notebook)
        return Upload(path.stem, path.name, partial(self.converter.read, notebook), source_in)

    def save(self, student: str, grades: Sequence[Report]) -> str:
        """Writes rows and files of one student's submission; returns why where nbgrader cannot."""
        known = {(student, grade.brick): grade for grade in grades}
        self.grades.update(known)
        trouble = self.converter.write(self.found[student])
        for which in known:
            del self.grades[which]
        return trouble


def _judge(app: AutogradeApp) -> Judge:
    """With the settings of nbgrader_config.py. Raises CourseError."""
    try:
        return Judge(parent=app)
    except TraitError as error:
        raise CourseError(str(error)) from None
