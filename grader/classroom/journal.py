"""results.jsonl and grades.csv: once a grade is on disk it counts, whatever happens later."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from filelock import FileLock, Timeout

from grader.classroom.spreadsheet import as_csv, as_text
from grader.course import CourseError
from grader.files import whole_file
from grader.report.codec import ReportError
from grader.report.line import JournalFields, index_of, indexed, line
from grader.report.report import Report, Status
from grader.submissions.people import Person

RESULTS, GRADES, LOCK, FRESH = "results.jsonl", "grades.csv", ".lock", ".fresh"
ABOUT = {"id": "id", "email": "e-mail"}  # a person's fields, and their columns
BEGINNING = b'{"student": '  # the first bytes of every line


@dataclass(frozen=True)
class Entry:
    """The offset of a grade in the file, and the fields that are needed in memory."""

    grade: JournalFields
    offset: int


class Journal:
    """The folder that `bricks grade` writes, with a line for each grade of a finished student.

    All lines in the folder count, except a last line that an interruption cut off. Only one grading
    at a time writes to a folder, until `close`. Raises CourseError if another grading writes there,
    or if the folder has other content.

    fresh: earlier grades stay in the file until they are replaced, but do not count. Those of a
    fresh grading that was interrupted do count.
    """

    def __init__(self, out: Path, fresh: bool = False):
        if out.exists() and not out.is_dir():
            raise CourseError(f"{out} is not a folder: name another for the results.")
        out.mkdir(parents=True, exist_ok=True)
        self.path = out / RESULTS
        self.table = out / GRADES
        self.fresh_file = out / FRESH
        self._entries: dict[tuple[str, str], Entry] = {}
        self._lock = FileLock(out / LOCK)
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise CourseError(f"Another grading writes to {out}: name another folder.") from None
        try:
            self.path.touch()
            self._read()
            if not fresh:
                self.fresh_file.unlink(missing_ok=True)
            self._since = self._fresh_since() if fresh else 0
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._lock.release()

    def _read(self) -> None:
        end = 0  # of the last complete line
        with self.path.open("rb") as file:
            for text in file:
                if not text.endswith(b"\n"):  # it was cut off; a power cut also leaves NUL bytes
                    text = text.rstrip(b"\0")
                try:
                    if not text.startswith(BEGINNING[: len(text)]):
                        raise ValueError("another file's line")
                    if text.endswith(b"\n"):
                        self._index(indexed(text), end)
                        end += len(text)
                except (ValueError, ReportError):
                    raise CourseError(
                        f"{self.path} is not one of ours: name another folder."
                    ) from None
        os.truncate(self.path, end)

    def _fresh_since(self) -> int:
        """The offset of this fresh grading's first line; a file has it until the grading ends."""
        if not self.fresh_file.exists():
            with _replaced(self.fresh_file) as file:
                file.write(b"%d" % self.path.stat().st_size)
        return int(self.fresh_file.read_bytes())

    def _index(self, grade: JournalFields, offset: int) -> None:
        self._entries[grade.student, grade.brick] = Entry(grade, offset)

    def holds(
        self, student: str, keys: Mapping[str, str], files: Mapping[str, str] = MappingProxyType({})
    ) -> bool:
        """Whether the student has a grade for each of these bricks, with its key, of this file."""
        return all(
            (entry := self._with_key(student, brick, key)) is not None
            and entry.grade.handed == files.get(brick, entry.grade.handed)
            for brick, key in keys.items()
        )

    def graded(self, student: str, brick: str, key: str) -> Report | None:
        """The student's grade with this key, of any file; None if there is none."""
        if self._with_key(student, brick, key) is None:
            return None
        [[report]] = self.reports([student], [brick])
        return report

    def _with_key(self, student: str, brick: str, key: str) -> Entry | None:
        entry = self._entries.get((student, brick))
        counts = entry is not None and entry.grade.key == key and entry.offset >= self._since
        return entry if counts else None

    def add(self, reports: Sequence[Report]) -> None:
        """Appends one student's reports; they are on the disk when this returns."""
        with _writing(self.path), self.path.open("ab") as file:
            offset = file.tell()
            for report in reports:
                text = line(report).encode() + b"\n"
                file.write(text)
                self._index(index_of(report), offset)
                offset += len(text)
            file.flush()
            os.fsync(file.fileno())

    def reports(self, students: Sequence[str], bricks: Sequence[str]) -> Iterator[list[Report]]:
        """Each student's reports, read back one student at a time."""
        with self.path.open("rb") as file:
            for student in students:
                own = []
                for brick in bricks:
                    file.seek(self._entries[student, brick].offset)
                    own.append(Report.from_json(file.readline().decode()))
                yield own

    def finish(
        self,
        students: Sequence[str],
        bricks: Sequence[str],
        further: Collection[str] = (),
        people: Mapping[str, Sequence[Person]] = MappingProxyType({}),
    ) -> None:
        """Puts the lines in the order of the class and the course; writes the table.

        bricks: all of the course's. The table has a column for each brick of which any of the
            students has a grade, also an earlier one. Lines of other students stay, after these.
        further: bricks that do not count in the total.
        people: by student, as a table writes the name. Their ids and e-mails are the last columns,
            if anybody has one.
        """
        theirs = [(s, b) for s in students for b in bricks if (s, b) in self._entries]
        order = [*theirs, *sorted(self._entries.keys() - set(theirs))]
        with _replaced(self.path) as new, self.path.open("rb") as old:
            for student_and_brick in order:
                old.seek(self._entries[student_and_brick].offset)
                new.write(old.readline())
        self._entries.clear()
        self._read()
        graded = {brick for _, brick in theirs}
        columns = [brick for brick in bricks if brick in graded]
        known = [each for own in people.values() for each in own]
        about = [name for name in ("id", "email") if any(getattr(each, name) for each in known)]
        titles = [ABOUT[name] for name in about]
        rows: list[Sequence[object]] = [("student", *columns, "total", *titles)]
        for student in students:
            points = [self._points(student, brick) for brick in columns]
            counted = [p for p, brick in zip(points, columns, strict=True) if brick not in further]
            given = [each for each in counted if each is not None]
            total = sum(given) if len(given) == len(counted) else None
            own = people.get(as_text(student), ())
            ends = ["; ".join(filter(None, (getattr(it, name) for it in own))) for name in about]
            rows.append((student, *(self._cell(student, brick) for brick in columns), total, *ends))
        with _replaced(self.table) as new:
            new.write(as_csv(rows).encode())
        self.fresh_file.unlink(missing_ok=True)

    def _cell(self, student: str, brick: str) -> int | str | None:
        """The points, or the reason why there are none, which is not the same as 0."""
        entry = self._entries.get((student, brick))
        if entry and entry.grade.status in (Status.NOT_HANDED_IN, Status.NOT_USABLE):
            return str(entry.grade.status.value)
        return self._points(student, brick)

    def _points(self, student: str, brick: str) -> int | None:
        """The points of a grade; None if there is none."""
        entry = self._entries.get((student, brick))
        return entry.grade.points if entry else None


@contextmanager
def _replaced(path: Path) -> Iterator[BinaryIO]:
    """See whole_file. Raises CourseError if the file cannot be written."""
    with _writing(path), whole_file(path) as file:
        yield file


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turns an OSError, such as a full disk, into a CourseError that names the file."""
    try:
        yield
    except OSError as error:
        raise CourseError(
            f"{path} cannot be written ({error.strerror}). What is finished is kept: once that is "
            "mended, the same command goes on."
        ) from None
