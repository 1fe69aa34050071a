"""`bricks collect`: what was handed in, where nbgrader looks for notebooks."""

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
from grader.notebook import COLLECTED
from grader.regular_file import UnreadableSource
from grader.submission import Upload
from grader.submissions.find import find_class
from grader.submissions.remarks import Remark
from grader.submissions.repair import repaired

TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # as nbgrader's exchange writes it
LATEST = datetime(9999, 1, 1, tzinfo=timezone.utc).timestamp()  # a disk may tell later times
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Collected:
    """What became of one brick of one student; `remark` is empty where all went well."""

    student: str
    brick: str
    written: bool
    remark: str = ""


class Collector:
    """Puts a class into nbgrader's folder of submissions, `submitted` in the course."""

    def __init__(self, course: Course, submitted: Path):
        self.course = course
        self.submitted = submitted
        self._templates = {brick: student_notebook(course, brick) for brick in course.bricks}
        self._stubs = {
            brick: (course.exercises / f"{brick}.py").read_text(encoding="utf-8")
            for brick in course.bricks
        }

    def collect(self, modules: Path, bricks: Sequence[str]) -> tuple[list[Collected], list[Remark]]:
        """What became of each brick, and remarks on what was found. Raises CourseError."""
        found = find_class(modules, bricks)
        folders = {student.name: folder_of(student.name) for student in found.students}
        times = Counter(folders.values())
        collected, renamed = [], []
        for student in found.students:
            name, folder = student.name, folders[student.name]
            if folder != name and times[folder] > 1:
                why = f"for nbgrader {name} would be {folder}, and so would another: rename one"
                collected += [Collected(name, brick, False, why) for brick in student.files]
                continue
            collected += [self._collected(folder, upload) for upload in student.files.values()]
            if folder != name and student.files:
                renamed.append(Remark(f"{name} is {folder} for nbgrader: it misreads such a name."))
        return collected, [*renamed, *found.remarks]

    def _collected(self, student: str, upload: Upload) -> Collected:
        try:
            written, remark = self._put(student, upload)
        except (UnreadableSource, ValueError) as error:
            written, remark = False, f"cannot be used: {error}"
        except OSError as error:
            written, remark = False, f"cannot be written: {error.strerror}"
        return Collected(student, upload.brick, written, remark)

    def _put(self, student: str, upload: Upload) -> tuple[bool, str]:
        """Whether the notebook was written, and what is to be said of it."""
        folder = self.submitted / student / upload.brick
        target = folder / f"{upload.brick}.ipynb"
        handed = upload.read()
        there = target.read_bytes() if target.exists() else None
        if there == handed:  # `submitted` itself is read
            return False, ""
        notebook = self._notebook(upload, handed)
        if there == notebook:
            return False, ""
        if there is not None and f'"{COLLECTED}"'.encode() not in there:
            return False, "handed in through nbgrader: left as it is"
        folder.mkdir(parents=True, exist_ok=True)
        # The notebook last: after a kill it is still another, and both are written once more.
        write_whole(folder / "timestamp.txt", self._timestamp(student, upload).encode())
        write_whole(target, notebook)
        return True, ""

    def _notebook(self, upload: Upload, handed: bytes) -> bytes:
        """As it was handed in, or with the module's code in its cells."""
        if upload.name.endswith(".ipynb"):
            made = repaired(handed)
        else:
            made = filled(self._templates[upload.brick], self._stubs[upload.brick], handed)
        made.metadata[COLLECTED] = upload.name
        return as_text(made).encode()

    def _timestamp(self, student: str, upload: Upload) -> str:
        """The file's own time; after those that were there, or nbgrader would not grade again."""
        folders = (self.submitted, self.course.root / "autograded")
        before = [_told(folder / student / upload.brick / "timestamp.txt") for folder in folders]
        own = datetime.fromtimestamp(min(max(upload.when, 0), LATEST), timezone.utc)
        latest = max([own, *(time + MOMENT for time in before if time)])
        return latest.strftime(TIMESTAMP)


def _told(path: Path) -> datetime | None:
    try:
        time: datetime = parse_utc(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError, OverflowError):
        return None
    return time.replace(tzinfo=timezone.utc)
