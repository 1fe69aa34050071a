"""`bricks collect`: writes a class's submissions as notebooks where nbgrader looks for them."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from nbgrader.utils import parse_utc

from grader.course import Course
from grader.desk.fill import filled
from grader.desk.source import as_text, student_notebook
from grader.desk.submitted import folder_of
from grader.files import write_whole
from grader.notebook import COLLECTED, MAX_NOTEBOOK
from grader.regular_file import UnreadableSource, read_regular
from grader.submissions.beside import MAX_TIMESTAMP
from grader.submissions.find import find_class
from grader.submissions.private import private_to
from grader.submissions.recognise import names_in
from grader.submissions.remarks import Remark
from grader.submissions.repair import repaired
from grader.submissions.upload import Upload

TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # as nbgrader's exchange writes it
LATEST = datetime(9999, 1, 1, tzinfo=timezone.utc).timestamp()  # a file may bear a later time
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Collected:
    """What was done with one brick of one student; `remark` is empty if all went well."""

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
        """What was done with each brick, and remarks on the files found. Raises CourseError."""
        refusal, known = private_to(self.course.root), names_in(self.course)
        found = find_class(modules, bricks, refusal, known, take)
        folders = {student.name: folder_of(student.name) for student in found.students}
        students_of = Counter(folders.values())
        collected, renamed = [], []
        for student in found.students:
            name, folder = student.name, folders[student.name]
            if folder != name and students_of[folder] > 1:
                why = f"for nbgrader {name} would be {folder}, and so would another: rename one"
                collected += [Collected(name, brick, False, why) for brick in student.files]
                continue
            collected += [self._collected(folder, upload) for upload in student.files.values()]
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
        handed = upload.read()
        current = _existing(target)
        if current == handed:  # the class is read from `submitted` itself
            return False, ""
        notebook = self._notebook(upload, handed)
        if current == notebook:
            return False, ""
        if current is not None and f'"{COLLECTED}"'.encode() not in current:
            return False, "handed in through nbgrader: left as it is"
        folder.mkdir(parents=True, exist_ok=True)
        # The notebook comes last: after a kill the old one is there, and both are written again.
        write_whole(folder / "timestamp.txt", self._timestamp(student, upload).encode())
        write_whole(target, notebook)
        return True, ""

    def _notebook(self, upload: Upload, handed: bytes) -> bytes:
        """The notebook that was handed in, repaired; or one with the module's code in its cells."""
        if upload.name.endswith(".ipynb"):
            made = repaired(handed)
        else:
            made = filled(self._templates[upload.brick], self._stubs[upload.brick], handed)
        made.metadata[COLLECTED] = upload.name
        return as_text(made).encode()

    def _timestamp(self, student: str, upload: Upload) -> str:
        """The file's time, or one after earlier timestamps: nbgrader grades only what is newer."""
        folders = (self.submitted, self.course.root / "autograded")
        before = [_time_in(folder / student / upload.brick / "timestamp.txt") for folder in folders]
        own = datetime.fromtimestamp(min(max(upload.when, 0), LATEST), timezone.utc)
        latest = max([own, *(time + MOMENT for time in before if time)])
        return latest.strftime(TIMESTAMP)


def _existing(notebook: Path) -> bytes | None:
    """What was collected or handed in before; None if nothing was. Raises UnreadableSource."""
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
