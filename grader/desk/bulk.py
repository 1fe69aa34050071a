"""`bricks autograde`: grades a whole class and writes the grades into nbgrader's gradebook.

A grading session grades several students at a time, with its journal and cache. nbgrader's own
Autograde then writes the results: the same rows and files as the stock command.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.utils import chdir
from rich.console import Console
from traitlets import TraitError

from grader.classreport.comments import COMMENTS, read_comments
from grader.classroom.session import Session
from grader.classroom.terminal import ToReview, progress
from grader.course import Course, CourseError
from grader.desk.beside import set_unusable_timestamps_aside
from grader.desk.gradebook import tests_of
from grader.desk.preprocessors import IN_A_KERNEL, Judge
from grader.desk.resume import of_the_assignment, up_to_date
from grader.desk.stored import JUDGE, StoredResults
from grader.desk.submitted import folder_of, upload_at, uploads_in
from grader.exit_status import ExitStatus
from grader.report.report import Report
from grader.submission import several
from grader.submissions.find import Student
from grader.submissions.private import private_to
from grader.submissions.remarks import alike
from grader.submissions.upload import Upload

SILENT = 50  # nbgrader's log level "critical", since this command prints each problem in a line


def autograde(desk: "Desk", grading: Session, console: Console) -> ExitStatus:
    """Grades submissions that are not graded yet, and lets nbgrader write the grades.

    Returns the exit status.
    """
    students = list(desk.students())
    for name in desk.in_kernels:
        console.print(f"{name}.ipynb {IN_A_KERNEL}", markup=False, soft_wrap=True)
    seen, saved = ToReview(grading.journal.path), 0
    with progress(console, len(students)) as step:
        for name in grading.grade(students, desk.bricks):
            [grades] = grading.journal.reports([name], desk.bricks)
            if any(grade.is_fault for grade in grades):
                desk.stored.forget(desk.found[name])  # nbgrader's earlier grade stays as it is
                seen.look_at(grades)
            elif trouble := desk.save(name, grades):
                seen.others.append(f"Not graded: {name}: {trouble}")
            else:
                seen.look_at(grades)
                saved += 1
            step()
    seen.print_unusable(console)
    skipped = len(desk.found) - len(students)
    console.print(f"{desk.assignment}: {saved} graded now, {skipped} were already.")
    for remark in (*desk.ambiguous, *desk.stored.left_out):
        console.print(remark, markup=False)
    for name in desk.by_hand:
        console.print(f"{name}.ipynb is no brick of the course: grade it by hand.", markup=False)
    wanted = " or ".join(f"{name}.ipynb" for name in desk.notebooks)
    seen.others += [f"Not graded: {name}: there is no {wanted}" for name in desk.without]
    seen.others += [
        f"Not graded: {name}: nbgrader finds no such name: rename its folder in submitted."
        for name in desk.lost
    ]
    return seen.print_to(console)


class Desk:
    """nbgrader's autograde for one assignment, in the course's folder.

    notebooks: names of the assignment's notebooks.
    bricks: those that are bricks of the course.
    by_hand: of the others, those without a test cell: a person has to grade them.
    in_kernels: of the others, those with tests, which run in a kernel as nbgrader runs them.
    found: by student, the paths of these notebooks in the submission.
    without: students whose submission has none of these notebooks.
    lost: students whose folder has a name that nbgrader does not find.
    ambiguous: remarks on bricks for which a student has several files, and on students whose names
        look alike.
    """

    def __init__(self, course: Course, assignment: str, force: bool = False):
        self.course = course
        self.assignment = assignment
        read_comments(course.root / COMMENTS)  # raises on a mistake in it before work starts
        self.ambiguous: list[str] = []
        self.force = force
        with chdir(str(course.root)):
            self.app = AutogradeApp()
            self.app.initialize([assignment])  # reports errors in nbgrader_config.py
        self.app.log_level = SILENT
        self.judge = _judge(self.app)
        coursedir = self.app.coursedir
        coursedir.assignment_id, coursedir.student_id = assignment, "*"
        converter = Autograde(coursedir=coursedir, parent=self.app, force=force)
        if JUDGE not in converter.autograde_preprocessors:
            raise CourseError(
                "Nothing is graded: students' code would run beside the gradebook. "
                f"{course.root / 'nbgrader_config.py'} must name {JUDGE}, as the kit's does."
            )
        self.stored = StoredResults(converter, self.judge)
        self.lost = self._lost()
        handed_in = self._handed_in()
        self.found = {name: own for name, own in handed_in.items() if own}
        self.without = [name for name, own in handed_in.items() if not own]
        self.ambiguous += [remark.text for remark in alike(handed_in)]
        tests = tests_of(coursedir, assignment)
        self.notebooks = sorted(tests)
        if not self.notebooks:
            raise CourseError(
                f"The gradebook has no {assignment}: run `nbgrader generate_assignment "
                f"{assignment}` first."
            )
        self.bricks = [brick for brick in course.bricks if brick in self.notebooks]
        others = [name for name in self.notebooks if name not in course.bricks]
        self.by_hand = [name for name in others if not tests[name]]
        self.in_kernels = [name for name in others if tests[name]]

    def _handed_in(self) -> dict[str, list[str]]:
        converter, coursedir = self.stored.converter, self.app.coursedir
        try:
            converter.init_notebooks()
        except NbGraderException:
            if self.lost:
                return {}
            where = coursedir.format_path(coursedir.submitted_directory, "*", self.assignment)
            raise CourseError(
                f"Nobody handed in {self.assignment}: there is no notebook in {where}."
            ) from None
        found = of_the_assignment(converter)
        set_unusable_timestamps_aside(found, self.stored.left_out.append)
        by_student = {Path(folder).parts[-2]: own for folder, own in found.items()}
        return {name: own for name, own in by_student.items() if name not in self.lost}

    def _lost(self) -> list[str]:
        """Students whose folder nbgrader would not find, or would take for another student's."""
        submitted = Path(self.app.coursedir.root, self.app.coursedir.submitted_directory)
        folders = [path.parent.name for path in submitted.glob(f"*/{self.assignment}")]
        return sorted(name for name in folders if folder_of(name) != name)

    def students(self) -> Iterator[Student]:
        """Students whose submission is not graded yet, with their bricks; with `force`, all."""
        for name, notebooks in self.found.items():
            folder = Path(notebooks[0]).parent
            if self.force or not up_to_date(self.app.coursedir, folder, notebooks):
                own = {Path(path).stem: self._upload(path) for path in notebooks}
                others = [brick for brick in self.course.bricks if brick not in own]
                self.ambiguous += [f"{name}: {text}" for text in several(others, folder)]
                yield Student(name, uploads_in(self.course, folder, own))

    def _upload(self, notebook: str) -> Upload:
        """The brick in the notebook as it was handed in."""
        path = Path(notebook)
        handed = self.course.root / path
        own = upload_at(handed, handed.parents[2], private_to(self.course.root))
        return replace(own, read=partial(self._read, notebook, own))

    def _read(self, notebook: str, own: Upload) -> bytes:
        """The notebook as it was handed in; raises UnreadableSource if nbgrader cannot use it."""
        self.stored.read(notebook)
        return own.read()

    def save(self, student: str, grades: Sequence[Report]) -> str:
        """Writes rows and files of one student's submission; returns the reason if it cannot."""
        results = {(student, grade.brick): grade for grade in grades}
        return self.stored.write(self.found[student], results)


def _judge(app: AutogradeApp) -> Judge:
    """A Judge with the settings of nbgrader_config.py. Raises CourseError."""
    try:
        return Judge(parent=app)
    except TraitError as error:
        raise CourseError(str(error)) from None
