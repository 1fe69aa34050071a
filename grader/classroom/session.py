"""One grading of a class: it goes on where it was, and nothing is graded twice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_cache_path

from grader.classroom.cache import Cache, deciding, in_common, key
from grader.classroom.executor import NobodyLeft, Workers, in_turn
from grader.classroom.grading import Grading, depends_on_the_machine, grading_at
from grader.classroom.isolation import isolation
from grader.classroom.journal import Journal
from grader.classroom.task import Task
from grader.course import Course
from grader.faults import log_fault
from grader.policy import Policy
from grader.report import Report
from grader.sandbox.levels import Measured
from grader.submission import Handed, handed_in
from grader.submissions.find import Student

WorkersOf = Callable[[Grading], AbstractContextManager[Workers]]  # closed once all is graded


class Session:
    """Grades students into a journal, by whatever workers there are."""

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
        self.graded: set[str] = set()  # students of whom something was graded, and not known

    def grade(self, students: Sequence[Student], bricks: Sequence[str]) -> Iterator[str]:
        """The names of students as they are finished: from then on their grades are on disk.

        Raises NobodyLeft where nobody is left to grade the others.
        """
        kept: list[str] = []
        blamed: list[Task] = []
        to_do = self._to_do(students, bricks, kept)
        for came in self._graded(to_do, self.workers.at_once):
            while kept:
                yield kept.pop()
            if came is None:
                continue
            task, future = came
            if self.workers.ended_on(future):
                blamed.append(task)
            elif self._keep(task.student, self._came(task, future)):
                yield task.student
        yield from self._alone(blamed)

    def _alone(self, blamed: Sequence[Task]) -> Iterator[str]:
        """Tries each brick with nothing else under way.

        A worker that dies has others' tasks as well: what ends its workers now is the culprit.
        """
        bricks = (replace(task, bricks=(brick,)) for task in blamed for brick in task.bricks)
        for came in self._graded(bricks, lambda: min(1, self.workers.at_once())):
            assert came is not None
            task, future = came
            ended = self.workers.ended_on(future)
            grades = self.grading.crashed(task) if ended else self._came(task, future)
            if self._keep(task.student, grades):
                yield task.student

    def _graded(
        self, tasks: Iterable[Task | None], at_once: Callable[[], int]
    ) -> "Iterator[tuple[Task, Future[list[Report]]] | None]":
        return in_turn(self.workers.executor, self.workers.mark, tasks, at_once)

    def _to_do(
        self, students: Sequence[Student], bricks: Sequence[str], kept: list[str]
    ) -> Iterator[Task | None]:
        """Tasks for what is neither in the journal nor in the cache; None where one more is `kept`.

        The last students' bricks are tasks of their own, and those of later bricks, which take
        longer, come first: so no core is idle at the end.
        """
        last: list[Task] = []
        for place, student in enumerate(students):
            task = Task(student.name, handed(student), tuple(bricks), beside(student))
            keys = {brick: self._key(task, brick) for brick in bricks}
            if self.journal.holds(student.name, keys):
                kept.append(student.name)
                yield None
                continue
            known = {b: found for b in bricks if (found := self.cache.get(keys[b]))}
            self._under_way[student.name] = keys, known
            missing = tuple(brick for brick in bricks if brick not in known)
            if missing and place < len(students) - self.workers.at_once():
                yield replace(task, bricks=missing)
            elif missing:
                last += (replace(task, bricks=(brick,)) for brick in missing)
            else:
                self._keep(student.name, [])
                kept.append(student.name)
                yield None
        yield from sorted(last, key=lambda task: bricks.index(task.bricks[0]), reverse=True)

    def _key(self, task: Task, brick: str) -> str:
        names = deciding(self.grading.course, brick, self.grading.policy.on_own)
        return key(self._common, task.seen_from(brick), names)

    def _came(self, task: Task, future: Future[list[Report]]) -> list[Report]:
        """Grades, whatever became of the task. Raises NobodyLeft."""
        if future.cancelled():
            raise NobodyLeft("The cluster is gone: on another, the same command goes on from here.")
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, NobodyLeft):
            raise error
        log_fault(f"grading {task.student}: {', '.join(task.bricks)}", error)
        return self.grading.failed(task, f"{type(error).__name__}: {error}")

    def _keep(self, student: str, new: Sequence[Report]) -> bool:
        """Writes all of the student's grades to the journal once they are there, and new ones to
        the cache; whether they are all there.
        """
        keys, by_brick = self._under_way[student]
        if new:
            self.graded.add(student)
        for report in new:
            # A fault of ours is never taken for a grade: the next run tries again.
            decided_by = "" if report.is_fault else keys[report.brick]
            by_brick[report.brick] = replace(report, key=decided_by)
        whole = len(by_brick) == len(keys)
        if whole:
            del self._under_way[student]
            self.journal.add([replace(by_brick[brick], student=student) for brick in keys])
        for report in new:
            if not report.is_fault and not depends_on_the_machine(report):
                self.cache.put(keys[report.brick], by_brick[report.brick])
        return whole


def handed(student: Student) -> Handed:
    """What the student handed in, read now."""
    return {brick: handed_in(file) for brick, file in student.files.items()}


def beside(student: Student) -> dict[str, Handed]:
    """What lies beside a brick and comes before what was handed in, read now."""
    return {
        brick: {name: handed_in(file) for name, file in files.items()}
        for brick, files in student.beside.items()
    }


@dataclass(frozen=True)
class Settings:
    """How a grading runs: `jobs` run side by side, where no other workers are named.

    fresh: nothing that was graded before is taken for done.
    trusted: the code is the kit's own, so that isolation `basic` will do.
    """

    jobs: int
    fresh: bool = False
    workers: WorkersOf | None = None
    trusted: bool = False


@contextmanager
def session(course: Course, out: Path, policy: Policy, settings: Settings) -> Iterator[Session]:
    """Everything that grading needs, closed at the end. Raises CourseError."""
    cache = Cache(user_cache_path("bricks") / "grades", settings.fresh)
    with (
        closing(Journal(out, settings.fresh)) as journal,
        isolation(policy.isolation, settings.trusted) as (measured, places),
    ):
        grading = grading_at(course, policy, measured.level, places)
        with closing(grading), workers_of(grading, settings) as workers:
            yield Session(grading, workers, journal, cache, measured)


@contextmanager
def workers_of(grading: Grading, settings: Settings) -> Iterator[Workers]:
    """Those that are named, or threads of this process. Raises CourseError."""
    if settings.workers:
        with settings.workers(grading) as workers:
            yield workers
        return
    pool = ThreadPoolExecutor(settings.jobs)  # threads: the work is done in children
    try:
        yield Workers(pool, grading.grade, lambda: 2 * settings.jobs)
    finally:
        grading.stop()
        pool.shutdown(cancel_futures=True)
