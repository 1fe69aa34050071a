"""`bricks autograde`: a class at once into nbgrader's gradebook.

The class engine judges, students side by side, with its journal and cache. What it found is then
written by nbgrader's own converter, step by step as the stock command does it: the same rows, the
same files.
"""

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.utils import chdir
from rich.console import Console
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from grader.classroom.ingest import Student
from grader.classroom.marking import CRASHED, is_fault
from grader.classroom.notebook import code_of
from grader.classroom.session import Session
from grader.classroom.task import Grade, Task
from grader.classroom.terminal import (
    KIT_FAILED,
    OK,
    SOME_UNREADABLE,
    print_some,
    progress,
    unloadable,
)
from grader.course import Course, CourseError
from grader.desk.resume import up_to_date
from grader.desk.submitted import folder_of, uploads_in
from grader.implementation import UnreadableSource
from grader.messages.board import FAULT
from grader.submission import Upload

QUIET = 30  # nbgrader's log: from warnings on


def autograde(desk: "Desk", grading: Session, console: Console) -> int:
    """Grades what is not graded yet and writes it as nbgrader does; returns the exit status."""
    students, bricks = list(desk.students()), desk.bricks()
    failed, faults, broken, crashed = [], [], list[str](), list[Grade]()
    with progress(console) as shown:
        bar = shown.add_task("grading", total=len(students))
        for name in grading.grade(students, bricks):
            [grades] = grading.journal.grades([name], bricks)
            if why := [fault_of(grade) for grade in grades if is_fault(grade)]:
                faults.append(f"{name}: {why[0]}")  # what nbgrader has of it stays as it is
            elif not desk.save(name, grades):
                failed.append(name)
            crashed += [grade for grade in grades if grade["status"] == CRASHED]
            broken += unloadable(grades)
            shown.advance(bar)
    skipped = len(desk.found) - len(students)
    graded = len(students) - len(failed) - len(faults)
    console.print(f"{desk.assignment}: {graded} graded now, {skipped} were already.")
    print_some(console, broken)
    for grade in crashed:
        who = f"{grade['student']}, {grade['brick']}"
        console.print(f"Crashed: {who}: {grade['beside']}", markup=False)
    for fault in faults:
        console.print(f"Fault of the kit, not graded: {fault}", markup=False)
    for name in desk.lost:
        say = f"Not graded: {name}. nbgrader finds no such name: rename its folder in submitted."
        console.print(say, markup=False)
    for name in failed:
        console.print(f"Not graded: {name}. nbgrader's words are above.", markup=False)
    if faults:
        return KIT_FAILED
    return SOME_UNREADABLE if failed or desk.lost else OK


def fault_of(grade: Grade) -> str:
    """What went wrong in the kit."""
    said = [check["summary"] for check in grade["checks"] if check["outcome"] == FAULT]
    return str(grade["beside"] or next(iter(said), "unknown"))


class Desk:
    """nbgrader's autograde for one assignment, in the course's folder."""

    def __init__(self, course: Course, assignment: str, force: bool = False):
        self.course = course
        self.grades: dict[tuple[str, str], Grade] = {}
        with chdir(str(course.root)):
            self.app = AutogradeApp()
            self.app.initialize([assignment, f"--log-level={QUIET}"])
        grades = self.grades

        def judged(task: Task) -> list[Grade]:
            return [grades[task.student, brick] for brick in task.bricks]

        self.app.update_config(Config({"Judge": {"mark": judged}}))
        self.app.coursedir.assignment_id = self.assignment = assignment
        self.force = force
        self.lost = self._lost()
        self.found = self._found()

    def _found(self) -> dict[str, list[str]]:
        """Notebooks by the folder of the submission."""
        converter = self._converter("*")
        try:
            converter.init_notebooks()
        except NbGraderException as error:
            if not self.lost:
                raise CourseError(f"{error} (is it the name of an assignment?)") from None
        found = sorted(converter.assignments.items())
        return {path: notebooks for path, notebooks in found if _student(path) not in self.lost}

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
            if self.force or not up_to_date(converter, path, notebooks):
                own = {Path(n).stem: self._sanitized(Path(n)) for n in notebooks}
                yield Student(_student(folder), uploads_in(self.course, path.parent, own))

    def bricks(self) -> list[str]:
        names = {Path(notebook).stem for own in self.found.values() for notebook in own}
        return [brick for brick in self.course.bricks if brick in names]

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
                except Exception as error:  # whatever strangers wrote; nbgrader says it later
                    raise UnreadableSource(f"nbgrader cannot use it: {error}") from None
            return str(text).encode()

        return Upload(notebook.stem, notebook.name, read, code_of)

    def save(self, student: str, grades: Sequence[Grade]) -> bool:
        """Writes rows and files of one student's submission; False where nbgrader could not."""
        self.grades.update({(student, grade["brick"]): grade for grade in grades})
        converter = self._converter(student)
        converter.force = self.force
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)  # nbgrader's own; nothing is amiss
                converter.start()
        except NbGraderException:
            return False  # its log has said why
        finally:
            for grade in grades:
                del self.grades[student, grade["brick"]]
        return True

    def _converter(self, students: str) -> Any:
        self.app.coursedir.student_id = students
        return Autograde(coursedir=self.app.coursedir, parent=self.app)


def _student(folder: str) -> str:
    return Path(folder).parts[-2]
