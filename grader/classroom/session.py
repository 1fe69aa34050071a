"""One grading of a class: it goes on where it was, and nothing is graded twice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from platformdirs import user_cache_path

from grader.classroom.cache import Cache, in_common, key
from grader.classroom.executor import NobodyLeft, Workers, in_turn
from grader.classroom.grading import Grading, depends_on_the_machine, is_fault, is_open, provenance
from grader.classroom.isolation import isolation
from grader.classroom.journal import Journal
from grader.classroom.task import Grade, Task
from grader.course import Course
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
        self._common = in_common(grading.course, grading.seed, grading.about)
        self._under_way: dict[str, tuple[dict[str, str], dict[str, Grade]]] = {}
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
    ) -> "Iterator[tuple[Task, Future[list[Grade]]] | None]":
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
            task = Task(student.name, handed(student), tuple(bricks))
            keys = {brick: key(self._common, task.handed, self._decides(brick)) for brick in bricks}
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

    def _decides(self, brick: str) -> list[str]:
        """The bricks on whose sources the brick's grade depends, itself last."""
        course, on_own = self.grading.course, self.grading.on_own
        before = [
            name
            for name in course.earlier(brick)
            if on_own or name in course.predecessors(brick) or not course.has_solution(name)
        ]
        return [*before, brick]

    def _came(self, task: Task, future: Future[list[Grade]]) -> list[Grade]:
        """Grades, whatever became of the task. Raises NobodyLeft."""
        if future.cancelled():
            raise NobodyLeft("The cluster is gone: on another, the same command goes on from here.")
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, NobodyLeft):
            raise error
        return self.grading.failed(task, f"{type(error).__name__}: {error}")

    def _keep(self, student: str, new: Sequence[Grade]) -> bool:
        """Writes all of the student's grades to the journal once they are there, and new ones to
        the cache; whether they are all there.
        """
        keys, by_brick = self._under_way[student]
        if new:
            self.graded.add(student)
        for grade in new:
            # A fault of ours is never taken for a grade: the next run tries again.
            decided_by = "" if is_fault(grade) else keys[grade["brick"]]
            by_brick[grade["brick"]] = {**grade, "key": decided_by}
        whole = len(by_brick) == len(keys)
        if whole:
            del self._under_way[student]
            self.journal.add([{**by_brick[brick], "student": student} for brick in keys])
        for grade in new:
            if not is_fault(grade) and not depends_on_the_machine(grade):
                self.cache.put(keys[grade["brick"]], by_brick[grade["brick"]])
        return whole


def handed(student: Student) -> Handed:
    """What the student handed in, read now."""
    return {brick: handed_in(file) for brick, file in student.files.items()}


@dataclass(frozen=True)
class Settings:
    """How a class is graded: `jobs` run side by side, where no other workers are named.

    isolation: the level that is demanded; None, the best that the machine gives above `basic`.
    trusted: the code is the kit's own, so that `basic` will do.
    open_until: the day on which students can no longer hand in bricks that others build on.
    """

    seed: int
    jobs: int
    isolation: str | None = None
    fresh: bool = False
    on_own: bool = False
    open_until: date | None = None
    workers: WorkersOf | None = None
    trusted: bool = False


@contextmanager
def session(course: Course, out: Path, settings: Settings) -> Iterator[Session]:
    """Everything that grading needs, closed at the end. Raises CourseError."""
    cache = Cache(user_cache_path("bricks") / "grades", settings.fresh)
    still_open = is_open(settings.open_until)
    with (
        closing(Journal(out, settings.fresh)) as journal,
        isolation(settings.isolation, settings.trusted) as (measured, places),
    ):
        about = provenance(settings.seed, measured.level, settings.on_own, still_open)
        grading = Grading(course, settings.seed, about, places, settings.on_own, still_open)
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
