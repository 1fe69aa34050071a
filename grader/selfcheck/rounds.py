"""The rounds of `bricks watch`: which checks run after a save, in which order, in warm processes.

One thread runs the checks. A newer save ends the current round, even during a training.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from grader.check import Check
from grader.course import Course
from grader.examine import Examination
from grader.examiner import Examiner
from grader.outcome import Unloadable
from grader.probe import Job, Run
from grader.report.board import BoardEntry, board_entry, reached_note
from grader.report.check_report import CheckReport, check_report
from grader.runner.keras_imports import needs_keras
from grader.runner.process import Process
from grader.student_code import SlowStatements
from grader.submission import handed_from

LONG = 0.2  # seconds; a newer save waits for the end of a job that has run for less


@dataclass(frozen=True)
class Began:
    """A check that trains or needs Keras begins."""

    check: Check


@dataclass(frozen=True)
class Judged:
    """A check has run. seconds: since the round was asked for."""

    report: CheckReport
    entry: BoardEntry
    seconds: float


@dataclass(frozen=True)
class Ended:
    """All checks of a round have run, or there was none to run."""


Event = Began | Judged | Ended


def in_order(checks: Iterable[Check], wrong: Collection[str]) -> list[Check]:
    """The checks in the order after a save: quick ones first, and of these the wrong ones first.

    Then come those that need Keras, and those that train. Equal ones stay in the course's order,
    since checks wait for others. wrong: ids of the checks that did not pass before.
    """
    return sorted(
        checks,
        key=lambda it: (bool(it.labels), it.keras, not it.looked_up, it.id not in wrong),
    )


def affected(course: Course, saved: Collection[str]) -> list[str]:
    """The bricks whose results can have changed: the saved ones, then those that use them."""
    later = [
        name
        for name in course.bricks
        if name not in saved and set(course.predecessors(name)) & set(saved)
    ]
    return [*(name for name in course.bricks if name in saved), *later]


class Warm:
    """A runner with a process that has started ahead, a spare one, and one for Keras.

    The last one imports Keras when the first check needs it, and then goes on.
    """

    def __init__(self) -> None:
        self._plain, self._spare, self._keras = Process(), Process(), Process()
        self._busy: Process | None = None
        self._since = 0.0
        self._plain.start()
        self._spare.start()

    def run(self, job: Job) -> Run:
        """See grader.probe.Runner."""
        process = self._keras if needs_keras(job) else self._plain
        self._since, self._busy = time.monotonic(), process
        try:
            return process.run(job)
        finally:
            self._busy = None

    def interrupt(self) -> None:
        """Ends a job that takes long; the next job gets the spare process."""
        busy = self._busy
        if busy is None or time.monotonic() - self._since < LONG:
            return
        if busy is self._plain:
            self._plain, self._spare = self._spare, self._plain
        busy.interrupt()

    def start_spare(self) -> None:
        self._spare.start()

    def close(self) -> None:
        for process in (self._plain, self._spare, self._keras):
            process.interrupt()
            process.close()


class Rounds:
    """Runs checks in a thread of its own, and reports each event.

    tell: called with an event, from that thread.
    """

    def __init__(self, course: Course, tell: Callable[[Event], None]):
        self.course = course
        self.examinations: dict[str, Examination] = {}  # of the latest round
        self._tell = tell
        self._student, self._reference = Warm(), Process()
        self._slow = SlowStatements()
        self._wrong: set[str] = set()
        self._asked: list[str] = []
        self._number = 0
        self._closed = False
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def ask(self, saved: Collection[str]) -> None:
        """Asks for a round on the bricks that were saved; ends the current round for it."""
        with self._change:
            unfinished = [name for name in self._asked if name not in saved]
            self._asked = [*(name for name in self.course.bricks if name in saved), *unfinished]
            self._number += 1
            self._began = time.monotonic()
            self._change.notify()
        self._student.interrupt()

    def close(self) -> None:
        with self._change:
            self._closed = True
            self._number += 1
            self._change.notify()
        self._student.close()
        self._thread.join(5.0)
        self._student.close()
        self._reference.close()

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._asked and not self._closed:
                    self._change.wait()
                if self._closed:
                    return
                saved, number = list(self._asked), self._number
            if self._round(saved, number):
                with self._change:
                    if self._is_latest(number):
                        self._asked = []
                self._tell(Ended())
                self._student.start_spare()

    def _is_latest(self, number: int) -> bool:
        return self._number == number

    def _round(self, saved: list[str], number: int) -> bool:
        """Runs a round; returns whether it came to its end."""
        examiner = Examiner(self.course, self._reference, at_home=True)
        handed = handed_from(self.course, self.course.exercises)
        bricks = affected(self.course, saved)
        made = {
            name: examiner.of_handed(name, handed, self._student, self._slow) for name in bricks
        }
        self.examinations |= made
        broken: set[str] = set()
        for trains in (False, True):
            for name in bricks:
                checks = in_order(made[name].brick.checks.values(), self._wrong)
                for check in checks:
                    if bool(check.labels or check.keras) is not trains or name in broken:
                        continue
                    if trains and self._number == number:
                        self._tell(Began(check))
                    report = self._judge(made[name], check, number)
                    if report is None:
                        return False
                    if isinstance(report.outcome, Unloadable):
                        broken.add(name)
        return True

    def _judge(self, examination: Examination, check: Check, number: int) -> CheckReport | None:
        """Runs the check and reports it; returns None if a newer save came."""
        if not self._is_latest(number):
            return None
        result = examination.result(check.name)
        if not self._is_latest(number):
            return None  # the newer save may have ended the check
        report = check_report(result)
        (self._wrong.discard if report.passed else self._wrong.add)(check.id)
        brick = examination.brick
        order = brick.order, list(brick.checks).index(check.name)
        notes = [note for note in [reached_note(report)] if note]
        entry = board_entry(report, order, brick.points, notes)
        self._tell(Judged(report, entry, time.monotonic() - self._began))
        return report


def bricks_in(course: Course, changed: Iterable[str]) -> set[str]:
    """The bricks whose modules or notebooks are among the changed files' names."""
    stems: Mapping[str, str] = {
        f"{brick}{suffix}": brick for brick in course.bricks for suffix in (".py", ".ipynb")
    }
    return {stems[name] for name in changed if name in stems}
