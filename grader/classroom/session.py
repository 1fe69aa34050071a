"""One grading of a class: goes on where it was, shows how far it is, ends with the table."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from platformdirs import user_cache_path
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as Shown
from rich.text import Text

from grader.classroom.cache import Cache, in_common, key
from grader.classroom.executors import in_turn, own_process
from grader.classroom.ingest import Student
from grader.classroom.journal import Journal
from grader.classroom.marking import CRASHED, Marking, versions
from grader.classroom.marking import FAULT as KIT_FAULT
from grader.classroom.seed import seed_id
from grader.classroom.table import class_table, print_troubles, summary_table
from grader.classroom.task import Grade, Mark, Task
from grader.course import Course
from grader.messages.board import FAULT, UNLOADABLE
from grader.submission import Handed, handed_in

OK, SOME_UNREADABLE, KIT_FAILED = 0, 1, 3
WORKERS_ENDED = "KilledWorker"  # of Dask: the task was tried several times, its worker ended each
SHOWN = 60  # students in the table; of more, the terminal shows a summary


class Session:
    """Grades students into a journal, by an executor that runs `mark` on tasks."""

    def __init__(
        self,
        marking: Marking,
        executor: Executor,
        mark: Mark,
        at_once: int,
        journal: Journal,
        cache: Cache,
    ):
        self.marking = marking
        self.executor = executor
        self.mark = mark
        self.at_once = at_once
        self.journal = journal
        self.cache = cache
        self._common = in_common(
            marking.course, {**marking.about, "seed itself": str(marking.seed)}
        )
        self._under_way: dict[str, tuple[dict[str, str], dict[str, Grade]]] = {}

    def grade(self, students: Sequence[Student], bricks: Sequence[str]) -> Iterator[str]:
        """The names of students as they are finished: from then on their grades are on disk."""
        kept: list[str] = []
        for task, future in in_turn(
            self.executor, self.mark, self._to_do(students, bricks, kept), self.at_once
        ):
            while kept:
                yield kept.pop()
            self._keep(task.student, self._came(task, future))
            yield task.student
        yield from kept

    def _to_do(
        self, students: Sequence[Student], bricks: Sequence[str], kept: list[str]
    ) -> Iterator[Task]:
        """Tasks for what is neither in the journal nor in the cache; the others are `kept`."""
        for student in students:
            task = Task(student.name, handed(student), tuple(bricks))
            keys = {brick: key(self._common, self.marking.course, task, brick) for brick in bricks}
            if not self.cache.fresh and self.journal.holds(student.name, keys):
                kept.append(student.name)
                continue
            known = {b: found for b in bricks if (found := self.cache.get(keys[b]))}
            self._under_way[student.name] = keys, known
            missing = tuple(brick for brick in bricks if brick not in known)
            if missing:
                yield replace(task, bricks=missing)
            else:
                self._keep(student.name, [])
                kept.append(student.name)

    def _came(self, task: Task, future: Future[list[Grade]]) -> list[Grade]:
        """Grades, whatever became of the task. One that ended its workers is tried by brick."""
        error = future.exception()
        if error is None:
            return future.result()
        if type(error).__name__ != WORKERS_ENDED:
            return self.marking.failed(task, f"{type(error).__name__}: {error}")
        if len(task.bricks) == 1:
            return self.marking.crashed(task)
        alone = [replace(task, bricks=(brick,)) for brick in task.bricks]
        return [
            grade
            for one, finished in in_turn(self.executor, self.mark, alone, 1)
            for grade in self._came(one, finished)
        ]

    def _keep(self, student: str, new: Sequence[Grade]) -> None:
        """Writes a student's grades, new and known, to cache and journal."""
        keys, known = self._under_way.pop(student)
        by_brick = dict(known)
        for grade in new:
            brick = grade["brick"]
            by_brick[brick] = {**grade, "key": keys[brick]}
            if is_fault(grade):
                by_brick[brick]["key"] = ""  # never taken for a grade: the next run tries again
            else:
                self.cache.put(keys[brick], by_brick[brick])
        self.journal.add([{**by_brick[brick], "student": student} for brick in keys])


def handed(student: Student) -> Handed:
    """What the student handed in, read now."""
    return {brick: handed_in(file) for brick, file in student.files.items()}


def is_fault(grade: Grade) -> bool:
    """Whether the kit failed, and not the student."""
    return grade["status"] == KIT_FAULT or any(c["outcome"] == FAULT for c in grade["checks"])


@dataclass(frozen=True)
class Settings:
    """How a class is graded. `dask` is the address of a cluster; else `jobs` run side by side.

    open_until: the day on which students can no longer hand in bricks that others build on.
    """

    seed: int
    jobs: int
    fresh: bool = False
    on_own: bool = False
    open_until: date | None = None
    dask: str | None = None


@contextmanager
def session(course: Course, out: Path, settings: Settings) -> Iterator[Session]:
    """Everything that grading needs, closed at the end."""
    journal = Journal(out)
    cache = Cache(user_cache_path("bricks") / "grades", settings.fresh)
    still_open = settings.open_until is not None and date.today() < settings.open_until
    about = {
        "seed": seed_id(settings.seed),
        "isolation": "basic",
        "predecessors": "own" if settings.on_own else "reference",
        "open": still_open,
        "versions": versions(),
    }
    marking = Marking(course, settings.seed, about, own_process, settings.on_own, still_open)
    try:
        if settings.dask:
            from grader.classroom.cluster import cluster, mark

            with cluster(settings.dask, marking) as (executor, cores):
                yield Session(marking, executor, mark, 4 * cores, journal, cache)
        else:
            pool = ThreadPoolExecutor(settings.jobs)
            try:
                yield Session(marking, pool, marking.grade, 2 * settings.jobs, journal, cache)
            finally:
                marking.stop()
                pool.shutdown(cancel_futures=True)
    finally:
        marking.close()


def grade_class(
    console: Console,
    grading: Session,
    students: Sequence[Student],
    bricks: Sequence[str],
    out: Path,
    troubles: bool = False,
) -> int:
    """Grades, writes the journal, prints the table (and each student's `troubles`).

    Returns the exit status.
    """
    began = time.monotonic()
    with progress(console) as shown:
        bar = shown.add_task("grading", total=len(students))
        for _ in grading.grade(students, bricks):
            shown.advance(bar)
    names = [student.name for student in students]
    journal = grading.journal
    journal.finish(names, bricks)
    console.print()
    few = len(names) <= SHOWN
    table = class_table if few else summary_table
    console.print(table(journal.grades(names, bricks), bricks))
    console.print()
    if troubles:
        print_troubles(console, journal.grades(names, bricks))
        console.print()
    say = f"{len(students)} students in {time.monotonic() - began:.0f} s. Results are in {out}:"
    console.print(say, soft_wrap=True, markup=False)
    console.print("  grades.csv (points) and results.jsonl (every check with its message)")
    return _status(console, journal.grades(names, bricks))


def progress(console: Console) -> Progress:
    """A bar with the number done, the rate and the time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


class _Rate(ProgressColumn):
    def render(self, task: Shown) -> Text:
        return Text(f"{60 * task.speed:.0f} a minute" if task.speed else "")


def _status(console: Console, grades: Iterator[list[Grade]]) -> int:
    """Says what needs the instructor's eye, and gives the exit status that goes with it."""
    status = OK
    for brick in (brick for own in grades for brick in own):
        who = f"{brick['student']}, {brick['brick']}"
        if brick["status"] == CRASHED:
            console.print(f"Crashed: {who}: {brick['beside']}", markup=False)
        if brick["status"] == KIT_FAULT:
            status = KIT_FAILED
            console.print(f"Fault of the kit: {who}: {brick['beside']}", markup=False)
        for check in brick["checks"]:
            said = f"{brick['student']}, {check['id']}: {check['summary']}"
            if check["outcome"] == UNLOADABLE:
                status = max(status, SOME_UNREADABLE)
                console.print(f"Unreadable: {said}", markup=False)
            if check["outcome"] == FAULT:
                status = KIT_FAILED
                console.print(f"Fault of the kit: {said}", markup=False)
    return status
