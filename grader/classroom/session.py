"""A session grades a class, and continues where an earlier one stopped."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from platformdirs import user_cache_path

from grader.classroom.cache import Cache, deciding, in_common, key
from grader.classroom.executor import NoWorkersLeft, Workers, in_turn
from grader.classroom.grading import Grading, depends_on_the_machine, grading_at
from grader.classroom.isolation import isolation
from grader.classroom.journal import Journal
from grader.classroom.task import Task
from grader.classroom.worker import orders_of
from grader.classroom.worker_processes import WorkerEnded, WorkerProcesses, sizes
from grader.cores import cores
from grader.course import Course
from grader.faults import log_fault
from grader.policy import Policy
from grader.report.line import handed as handed_as
from grader.report.report import Report
from grader.sandbox.levels import Measured
from grader.submission import Handed
from grader.submissions.find import Student
from grader.submissions.remarks import shown
from grader.submissions.upload import Upload

WorkersOf = Callable[
    [Grading], AbstractContextManager[Workers]
]  # closed when all students are graded


class Session:
    """Grades students and writes their grades to a journal.

    graded: students with at least one brick whose grade was in neither the journal nor the cache.
    """

    def __init__(
        self,
        grading: Grading,
        workers: Workers,
        journal: Journal,
        cache: Cache,
        measured: Measured,
    ):
        self.grading = grading
        self.workers = workers
        self.journal = journal
        self.cache = cache
        self.measured = measured
        self._common = in_common(grading.course, grading.policy.seed, grading.provenance)
        self._under_way: dict[str, tuple[dict[str, str], dict[str, Report]]] = {}
        self._uploads: dict[str, Mapping[str, Upload]] = {}  # of these students
        self.graded: set[str] = set()

    def grade(self, students: Sequence[Student], bricks: Sequence[str]) -> Iterator[str]:
        """The names of students, each as soon as the student's grades are on disk.

        Raises NoWorkersLeft if no worker is left to grade the other students.
        """
        known: list[str] = []
        suspects: list[Task] = []
        to_do = self._to_do(students, bricks, known)
        for done in self._graded(to_do, self.workers.at_once):
            while known:
                yield known.pop()
            if done is None:
                continue
            task, future = done
            if self.workers.ended_on(future):
                suspects.append(task)
            elif self._record(task.student, self._reports(task, future)):
                yield task.student
        yield from self._alone(suspects)

    def _alone(self, suspects: Sequence[Task]) -> Iterator[str]:
        """Grades each brick of the suspects alone, while no other task runs.

        A worker that ends may have had several tasks. A task whose workers end now is to blame.
        """
        bricks = (replace(task, bricks=(brick,)) for task in suspects for brick in task.bricks)
        for done in self._graded(bricks, lambda: min(1, self.workers.at_once())):
            assert done is not None
            task, future = done
            ended = self.workers.ended_on(future)
            reports = self.grading.crashed(task) if ended else self._reports(task, future)
            if self._record(task.student, reports):
                yield task.student

    def _graded(
        self, tasks: Iterable[Task | None], at_once: Callable[[], int]
    ) -> "Iterator[tuple[Task, Future[list[Report]]] | None]":
        return in_turn(self.workers.executor, self.workers.grade_task, tasks, at_once)

    def _to_do(
        self, students: Sequence[Student], bricks: Sequence[str], known: list[str]
    ) -> Iterator[Task | None]:
        """Tasks for the bricks whose grades are neither in the journal nor in the cache.

        Yields None for a student whose grades are all there, and appends the name to `known`.

        Each brick of the last students is a task of its own, and later bricks, which take longer,
        come first: so no core is idle at the end.
        """
        last: list[Task] = []
        for index, student in enumerate(students):
            task = Task(student.name, handed(student), tuple(bricks), siblings(student))
            keys = {brick: self._key(task, brick) for brick in bricks}
            files = {brick: handed_as(*which(up)) for brick, up in student.files.items()}
            if self.journal.holds(student.name, keys, files):
                known.append(student.name)
                yield None
                continue
            cached = {b: found for b in bricks if (found := self._known(student.name, b, keys[b]))}
            self._under_way[student.name] = keys, cached
            self._uploads[student.name] = student.files
            missing = tuple(brick for brick in bricks if brick not in cached)
            if missing and index < len(students) - self.workers.at_once():
                yield replace(task, bricks=missing)
            elif missing:
                last += (replace(task, bricks=(brick,)) for brick in missing)
            else:
                self._record(student.name, [])
                known.append(student.name)
                yield None
        yield from sorted(last, key=lambda task: bricks.index(task.bricks[0]), reverse=True)

    def _known(self, student: str, brick: str, key: str) -> Report | None:
        return self.journal.graded(student, brick, key) or self.cache.get(key)

    def _key(self, task: Task, brick: str) -> str:
        names = deciding(self.grading.course, brick, self.grading.policy.on_own)
        return key(self._common, task.seen_from(brick), names)

    def _reports(self, task: Task, future: Future[list[Report]]) -> list[Report]:
        """The reports of a task that finished or failed; logs a fault. Raises NoWorkersLeft."""
        if future.cancelled():
            raise NoWorkersLeft(
                "The cluster is gone: on another, the same command goes on from here."
            )
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, NoWorkersLeft):
            raise error
        log_fault(f"grading {task.student}: {', '.join(task.bricks)}", error)
        return self.grading.failed(task, f"{type(error).__name__}: {error}")

    def _record(self, student: str, new: Sequence[Report]) -> bool:
        """Writes new reports to the cache and, once the student has all, all to the journal.

        Returns whether the student has all.
        """
        keys, by_brick = self._under_way[student]
        if new:
            self.graded.add(student)
        for report in new:
            # A fault of the kit has no key, so that the next run grades the brick again.
            decided_by = "" if report.is_fault else keys[report.brick]
            by_brick[report.brick] = replace(report, key=decided_by)
        complete = len(by_brick) == len(keys)
        if complete:
            del self._under_way[student]
            uploads = self._uploads.pop(student)
            self.journal.add([_of(student, uploads.get(brick), by_brick[brick]) for brick in keys])
        for report in new:
            if not report.is_fault and not depends_on_the_machine(report):
                self.cache.put(keys[report.brick], by_brick[report.brick])
        return complete


def _of(student: str, upload: Upload | None, report: Report) -> Report:
    """The report, which may be a stored one of equal work, as this student's."""
    file, when = which(upload) if upload else ("", "")
    return replace(report, student=student, file=file, when=when)


def which(upload: Upload) -> tuple[str, str]:
    """The file that was handed in, and its time with the zone."""
    when = datetime.fromtimestamp(upload.when).astimezone() if upload.when else None
    return shown(upload.label or upload.name, 200), when.isoformat(
        timespec="seconds"
    ) if when else ""


def handed(student: Student) -> Handed:
    """By brick, what the student handed in; reads the files."""
    return {brick: file.source() for brick, file in student.files.items()}


def siblings(student: Student) -> dict[str, Handed]:
    """By brick, its siblings (see Task); reads the files."""
    return {
        brick: {name: file.source() for name, file in files.items()}
        for brick, files in student.siblings.items()
    }


@dataclass(frozen=True)
class Settings:
    """How a grading runs.

    jobs: how many tasks run at a time, unless `workers` are given.
    fresh: earlier grades do not count.
    workers: opens workers other than processes of this machine, such as a cluster's.
    trusted: the code is the kit's own, so that the level `basic` is enough.
    """

    jobs: int
    fresh: bool = False
    workers: WorkersOf | None = None
    trusted: bool = False


@contextmanager
def session(course: Course, out: Path, policy: Policy, settings: Settings) -> Iterator[Session]:
    """A session, with all that it needs; closed at the end. Raises CourseError."""
    cache = Cache(user_cache_path("bricks") / "grades", settings.fresh)
    with closing(Journal(out, settings.fresh)) as journal:
        with isolation(policy.isolation, settings.trusted) as (measured, runners):
            pass  # workers start children of their own
        grading = grading_at(course, policy, measured.level, runners)
        with closing(grading), workers_of(grading, settings) as workers:
            yield Session(grading, workers, journal, cache, measured)


@contextmanager
def workers_of(grading: Grading, settings: Settings) -> Iterator[Workers]:
    """The workers of the settings, or processes of this machine. Raises CourseError."""
    if settings.workers:
        with settings.workers(grading) as workers:
            yield workers
        return
    threads = sizes(settings.jobs, cores())
    pool = WorkerProcesses(grading.course.root, orders_of(grading), threads)
    try:
        yield Workers(pool, grading.grade, lambda: 2 * settings.jobs, ended=(WorkerEnded,))
    finally:
        pool.shutdown()
