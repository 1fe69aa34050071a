"""Grades a class on the instructor's terminal: progress, the table, and lines to look at."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

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

from grader.classroom.grading import fault_of
from grader.classroom.isolation import in_words
from grader.classroom.people import read_people, write_people
from grader.classroom.session import Session, Settings, session
from grader.classroom.table import ClassTable, SummaryTable, print_troubles, troubles_of
from grader.course import Course
from grader.exit_status import ExitStatus
from grader.faults import logged_line
from grader.language import number_of
from grader.outcome import Unloadable
from grader.policy import Policy
from grader.report.report import Report, Status
from grader.report.summary import summary
from grader.report.text import slow_note
from grader.submissions.find import Class, Student
from grader.submissions.remarks import Remark, Weight, write

REMARKS = "remarks.txt"
SHOWN = 60  # students in the table; for a larger class, the terminal shows a summary
SHOWN_LINES = 12  # of each kind of lines that the instructor has to look at
SECONDS_PER_LINE = 60  # of progress, where there is no bar


@contextmanager
def opened(
    console: Console, course: Course, out: Path, policy: Policy, settings: Settings
) -> Iterator[Session]:
    """A session. Measures the isolation, which takes seconds, and prints the level in force."""
    with ExitStack() as stack:
        with console.status("Measuring the isolation ..."):
            grading = stack.enter_context(session(course, out, policy, settings))
        console.print(in_words(grading.measured), markup=False)
        yield grading


def grade_class(
    console: Console,
    grading: Session,
    found: Class,
    bricks: Sequence[str],
    out: Path,
    troubles: bool = False,
    chosen: Sequence[Student] = (),
) -> ExitStatus:
    """Grades, writes the journal, prints the table (and with `troubles` each student's mistakes).

    Returns the exit status. chosen: the students to grade (all); the others keep their grades.
    """
    began = time.monotonic()
    students, journal = chosen or found.students, grading.journal
    write(found.remarks, out / REMARKS)
    print_some(console, notes(found.remarks), out / REMARKS)
    with progress(console, len(students)) as step:
        try:
            for _ in grading.grade(students, bricks):
                step()
        except KeyboardInterrupt:
            console.print("Stopping after the checks that are under way.")
            raise
    names = [student.name for student in students]
    course = grading.grading.course
    further = set(course.bricks) - set(course.core)
    if further.issuperset(bricks):
        further = set()  # then these make the total
    everybody = [student.name for student in found.students]
    write_people(out, {student.name: student.people for student in found.students})
    journal.finish(everybody, list(course.bricks), further, read_people(out))
    table = ClassTable(bricks, further) if len(names) <= SHOWN else SummaryTable(bricks)
    seen, wrong = ToReview(journal.path), {}
    for name, reports in zip(names, journal.reports(names, bricks), strict=True):
        table.add(reports)
        seen.look_at(reports)
        if troubles:
            wrong[name] = troubles_of(reports)
    console.print()
    seen.print_unusable(console)
    console.print(table.rendered())
    console.print()
    if troubles:
        for name, lines in wrong.items():
            print_troubles(console, name, lines)
        console.print()
    status = seen.print_to(console)
    if seen.others or seen.faults:
        console.print()
    lost = [remark for remark in found.remarks if remark.weight == Weight.LOST]
    if lost:
        files = number_of(len(lost), "file")
        _say(console, f"Handed in and not graded: {files}. {out / REMARKS} says why.")
    many = number_of(len(students), "student")
    known = len(students) - len(grading.graded)
    before = f" ({known} graded before)" if known else ""
    _say(console, f"{many} in {time.monotonic() - began:.0f} s{before}. Results are in {out}:")
    console.print("  grades.csv (points) and results.jsonl (every check with its message)")
    if found.remarks:
        console.print(f"  {REMARKS} (what was left out, and why)")
    return max(status, ExitStatus.SOME_UNUSABLE) if lost else status


def _say(console: Console, text: str) -> None:
    """Prints a line that has a path in it, and does not break it."""
    console.print(text, soft_wrap=True, markup=False)


@contextmanager
def progress(console: Console, total: int) -> Iterator[Callable[[], None]]:
    """Shows the number of finished students, the rate and the time left: a bar, or a line a minute.

    Call the function that it yields each time that one is finished.
    """
    if not console.is_terminal:
        yield _Lines(console, total).step
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as shown:
        bar = shown.add_task("grading", total=total)
        yield lambda: shown.advance(bar)


class _Rate(ProgressColumn):
    def render(self, task: Shown) -> Text:
        if not task.completed or not task.elapsed:
            return Text()
        return Text(f"{60 * task.completed / task.elapsed:.0f} a minute")


class _Lines:
    """Prints a line a minute.

    Its rate is that since the last line: grades that are known already would distort the rate since
    the start.
    """

    def __init__(self, console: Console, total: int):
        self.console = console
        self.total = total
        self.done = self.printed = 0
        self.when = time.monotonic()

    def step(self) -> None:
        self.done += 1
        passed = time.monotonic() - self.when
        if passed < SECONDS_PER_LINE or self.done == self.total:
            return
        rate = 60 * (self.done - self.printed) / passed
        left = max(1, round((self.total - self.done) / rate))
        self.console.print(
            f"{self.done} of {self.total} done, {rate:.0f} a minute, {left} min left"
        )
        self.printed, self.when = self.done, time.monotonic()


class ToReview:
    """Gathers the lines that the instructor has to look at.

    results: the file that has them all.
    """

    def __init__(self, results: Path) -> None:
        self.results = results
        self.faults: list[str] = []
        self.others: list[str] = []
        self.unusable: list[str] = []
        self.of_whom: set[str] = set()  # students with something unusable
        self.notes: list[str] = []  # on bricks that were graded all the same

    def look_at(self, reports: Iterable[Report]) -> None:
        for report in reports:
            if report.is_fault:
                self.faults.append(f"Fault of the kit, not graded: {fault_of(report)}")
            if report.status is Status.CRASHED:
                who = f"{report.student}, {report.brick}"
                self.others.append(f"Crashed: {who}: {report.why}")
            self.notes += [
                f"{report.student}: {slow_note(slow)}" for slow in report.slow if slow.stopped
            ]
            said = [
                f"{report.student}: {summary(check)}"
                for check in report.checks
                if isinstance(check.outcome, Unloadable)
            ]
            if report.status is Status.NOT_USABLE:
                self.unusable += said[:1]
                self.of_whom.add(report.student)
            else:
                self.others += said

    def print_unusable(self, console: Console) -> None:
        """Prints the number of bricks that cannot be graded, and a line on each."""
        if not self.unusable:
            return
        who = number_of(len(self.of_whom), "student")
        many = number_of(len(self.unusable), "brick")
        console.print(Text(f"Handed in, and not usable: {many} of {who}.", "bold red"))
        print_some(console, self.unusable, self.results, "red")
        console.print()

    def print_to(self, console: Console) -> ExitStatus:
        """Prints the first lines of each kind; returns the exit status for all of them."""
        print_some(console, self.notes, self.results)
        print_some(console, self.others, self.results)
        print_some(console, self.faults, self.results, "magenta")
        if self.faults:
            _say(console, logged_line() or "The logs of the cluster's workers have tracebacks.")
            return ExitStatus.KIT_FAILED
        some = self.others or self.unusable
        return ExitStatus.SOME_UNUSABLE if some else ExitStatus.OK


def notes(remarks: Iterable[Remark]) -> list[str]:
    return [f"Note: {remark.text}" for remark in remarks]


def print_some(
    console: Console, lines: Sequence[str], all_in: Path | None = None, style: str = ""
) -> None:
    """Prints the first lines, since a class may have hundreds. all_in: a file with all of them."""
    for line in lines[:SHOWN_LINES]:
        console.print(Text(line, style), soft_wrap=True)
    if len(lines) > SHOWN_LINES:
        where = f": {all_in} has them all" if all_in else " of the kind"
        console.print(Text(f"and {len(lines) - SHOWN_LINES} more{where}", style))
