"""`bricks collect`: writes a class's submissions as notebooks where nbgrader looks for them."""

import os
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from nbgrader.utils import parse_utc

from grader.course import Course
from grader.desk.beside import add_secret
from grader.desk.exporter import said_of
from grader.desk.fill import filled
from grader.desk.register import register
from grader.desk.source import as_text, student_notebook
from grader.desk.submitted import folder_of
from grader.file_kind import something_else
from grader.files import write_whole
from grader.notebook import COLLECTED, MAX_NOTEBOOK, UNUSABLE, is_notebook
from grader.regular_file import UnreadableSource, read_regular
from grader.submissions.beside import MAX_TIMESTAMP
from grader.submissions.find import find_class
from grader.submissions.private import private_to
from grader.submissions.recognise import names_in
from grader.submissions.remarks import Remark, shown
from grader.submissions.repair import repaired
from grader.submissions.upload import Upload

TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # as nbgrader's exchange writes it
LATEST = datetime(9999, 1, 1, tzinfo=timezone.utc).timestamp()  # a file may have a later time
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Collected:
    """The result for one brick of one student; `remark` is empty if all went well."""

    student: str
    brick: str
    written: bool
    remark: str = ""


class Collector:
    """Writes a class's submissions into nbgrader's folder for them, `submitted` in the course."""

    def __init__(self, course: Course, submitted: Path):
        self.course = course
        self.submitted = submitted
        self._templates = {brick: student_notebook(course, brick) for brick in course.bricks}
        self._stubs = {
            brick: (course.exercises / f"{brick}.py").read_text(encoding="utf-8")
            for brick in course.bricks
        }

    def collect(
        self, modules: Path, bricks: Sequence[str], take: Sequence[str] = ()
    ) -> tuple[list[Collected], list[Remark]]:
        """Writes the notebooks; returns each brick's result, and remarks. Raises CourseError."""
        refusal, known = private_to(self.course.root), names_in(self.course)
        found = find_class(modules, bricks, refusal, known, take)
        folders = {student.name: folder_of(student.name) for student in found.students}
        students_of = Counter(folders.values())
        collected, renamed = [], []
        # If no file of a student is a brick, nobody knows which brick a file should be.
        used = {brick for one in found.students if one.recognised for brick in one.files} or bricks
        register(self.course, [(folders[one.name], one) for one in found.students])
        for student in found.students:
            name, folder = student.name, folders[student.name]
            if folder != name and students_of[folder] > 1:
                why = f"for nbgrader {name} would be {folder}, and so would another: rename one"
                collected += [Collected(name, brick, False, why) for brick in student.files]
                continue
            uploads = [
                up for up in student.files.values() if student.recognised or up.brick in used
            ]
            collected += [self._collected(folder, upload) for upload in uploads]
            if folder != name and student.files:
                renamed.append(Remark(f"{name} is {folder} for nbgrader: it misreads such a name."))
        return collected, [*renamed, *found.remarks]

    def _collected(self, student: str, upload: Upload) -> Collected:
        try:
            written, remark = self._write(student, upload)
        except (UnreadableSource, ValueError) as error:
            written, remark = False, f"cannot be used: {error}"
        except OSError as error:
            written, remark = False, f"cannot be written: {error.strerror}"
        return Collected(student, upload.brick, written, remark)

    def _write(self, student: str, upload: Upload) -> tuple[bool, str]:
        """Whether the notebook was written, and a remark on it."""
        folder = self.submitted / student / upload.brick
        target = folder / f"{upload.brick}.ipynb"
        current = _existing(target)
        try:
            handed = upload.read()
            if current == handed:  # the class is read from `submitted` itself
                return False, ""
            notebook, remark = self._notebook(upload, handed), ""
        except (UnreadableSource, ValueError) as error:
            notebook, remark = self._unusable(upload, str(error)), f"cannot be used: {error}"
        if current is not None and f'"{COLLECTED}"'.encode() not in current:
            return False, "handed in through nbgrader: left as it is"
        if current is not None:
            add_secret(folder)  # an earlier version of the kit wrote none
        if current == notebook:
            return False, remark
        folder.mkdir(parents=True, exist_ok=True)
        # The notebook is written last: after a kill it is still the old one, and both come again.
        write_whole(folder / "timestamp.txt", self._timestamp(student, upload).encode())
        add_secret(folder)
        write_whole(target, notebook)
        return True, remark

    def _notebook(self, upload: Upload, handed: bytes) -> bytes:
        """The notebook that was handed in, repaired; or one with the module's code in its cells."""
        if upload.name.endswith(".ipynb") or is_notebook(handed):
            made, name = repaired(handed), f"{upload.brick}.ipynb"
        else:
            if what := something_else(handed):
                raise UnreadableSource(what)
            made = filled(self._templates[upload.brick], self._stubs[upload.brick], handed)
            name = f"{upload.brick}.py"
        made.metadata[COLLECTED] = name
        return as_text(made).encode()

    def _unusable(self, upload: Upload, why: str) -> bytes:
        """A notebook that holds only the reason why nothing can be graded; it gets 0 points."""
        made = deepcopy(self._templates[upload.brick])
        made.cells.insert(0, said_of(shown(upload.label or upload.name), why))
        made.metadata.update({COLLECTED: upload.name, UNUSABLE: why})
        return as_text(made).encode()

    def _timestamp(self, student: str, upload: Upload) -> str:
        """The file's time, or one after earlier timestamps: nbgrader grades only what is newer."""
        folders = (self.submitted, self.course.root / "autograded")
        before = [_time_in(folder / student / upload.brick / "timestamp.txt") for folder in folders]
        own = datetime.fromtimestamp(min(max(upload.when, 0), LATEST), timezone.utc)
        latest = max([own, *(time + MOMENT for time in before if time)])
        return latest.strftime(TIMESTAMP)


def _existing(notebook: Path) -> bytes | None:
    """The notebook that was collected or handed in before, or None. Raises UnreadableSource."""
    if any(folder.is_symlink() for folder in (notebook.parent, notebook.parent.parent)):
        raise UnreadableSource(f"{notebook.parent} is a link")
    if not os.path.lexists(notebook):
        return None
    try:
        return read_regular(notebook, MAX_NOTEBOOK)
    except UnreadableSource as error:
        raise UnreadableSource(f"{notebook} is in its place, and {error}") from None


def _time_in(path: Path) -> datetime | None:
    """The time in a timestamp file; None if there is none."""
    try:
        time: datetime = parse_utc(read_regular(path, MAX_TIMESTAMP).decode().strip())
    except (UnreadableSource, ValueError, OverflowError):
        return None
    return time.replace(tzinfo=timezone.utc)
