"""One grading of a class: it goes on where it was, and nothing is graded twice."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from platformdirs import user_cache_path

from grader.classroom.cache import Cache, deciding, in_common, key
from grader.classroom.executor import NobodyLeft, in_turn
from grader.classroom.grading import Grading, depends_on_the_machine, is_fault, is_open, provenance
from grader.classroom.isolation import isolation
from grader.classroom.journal import Journal
from grader.classroom.task import Grade, Mark, Task
from grader.course import Course, CourseError
from grader.sandbox.levels import Measured
from grader.submission import Handed, handed_in
from grader.submissions.find import Student

WORKERS_ENDED = "KilledWorker"  # of Dask, which may not be installed


class Session:
    """Grades students into a journal, by an executor that runs `mark` on tasks.

    at_once: how many tasks to have under way; asked again and again, since a cluster may grow.
    """

    def __init__(
        self,
        grading: Grading,
        executor: Executor,
        mark: Mark,
        at_once: Callable[[], int],
        journal: Journal,
        cache: Cache,
        measured: Measured,
    ):
        self.grading = grading
        self.executor = executor
        self.mark = mark
        self.at_once = at_once
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
        for came in in_turn(self.executor, self.mark, to_do, self.at_once):
            while kept:
                yield kept.pop()
            if came is None:
                continue
            task, future = came
            if ended_its_workers(future):
                blamed.append(task)
            elif self._keep(task.student, self._came(task, future)):
                yield task.student
        yield from self._alone(blamed)

    def _alone(self, blamed: Sequence[Task]) -> Iterator[str]:
        """Tries each brick with nothing else under way.

        Dask blames all that a worker had when it died: what ends its workers now is the culprit.
        """
        bricks = (replace(task, bricks=(brick,)) for task in blamed for brick in task.bricks)
        for came in in_turn(self.executor, self.mark, bricks, lambda: min(1, self.at_once())):
            assert came is not None
            task, future = came
            ended = ended_its_workers(future)
            grades = self.grading.crashed(task) if ended else self._came(task, future)
            if self._keep(task.student, grades):
                yield task.student

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
            keys = {brick: self._key(task, brick) for brick in bricks}
            if self.journal.holds(student.name, keys):
                kept.append(student.name)
                yield None
                continue
            known = {b: found for b in bricks if (found := self.cache.get(keys[b]))}
            self._under_way[student.name] = keys, known
            missing = tuple(brick for brick in bricks if brick not in known)
            if missing and place < len(students) - self.at_once():
                yield replace(task, bricks=missing)
            elif missing:
                last += (replace(task, bricks=(brick,)) for brick in missing)
            else:
                self._keep(student.name, [])
                kept.append(student.name)
                yield None
        yield from sorted(last, key=lambda task: bricks.index(task.bricks[0]), reverse=True)

    def _key(self, task: Task, brick: str) -> str:
        names = deciding(self.grading.course, brick, self.grading.on_own)
        return key(self._common, task.handed, names)

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


def ended_its_workers(future: "Future[list[Grade]]") -> bool:
    """Whether the task was tried several times, and each time its worker ended."""
    error = None if future.cancelled() else future.exception()
    return type(error).__name__ == WORKERS_ENDED


def handed(student: Student) -> Handed:
    """What the student handed in, read now."""
    return {brick: handed_in(file) for brick, file in student.files.items()}


@dataclass(frozen=True)
class Settings:
    """How a class is graded. `dask` is the address of a cluster; else `jobs` run side by side.

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
    dask: str | None = None
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
        with closing(grading), executor_of(grading, settings) as (executor, mark, at_once):
            yield Session(grading, executor, mark, at_once, journal, cache, measured)


@contextmanager
def executor_of(
    grading: Grading, settings: Settings
) -> Iterator[tuple[Executor, Mark, Callable[[], int]]]:
    """Who grades, what it runs on each task, and how many tasks to give to it at a time.

    Raises CourseError where the cluster that is named cannot be used.
    """
    if settings.dask:
        try:
            from grader.cluster.dask_cluster import cluster
        except ModuleNotFoundError as error:
            raise CourseError(f"--dask needs Dask ({error}): pip install 'bricks[dask]'.") from None

        with cluster(settings.dask, grading) as crew:
            yield crew
        return
    pool = ThreadPoolExecutor(settings.jobs)  # threads: the work is done in children
    try:
        yield pool, grading.grade, lambda: 2 * settings.jobs
    finally:
        grading.stop()
        pool.shutdown(cancel_futures=True)
