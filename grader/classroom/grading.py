"""Grades one student: every brick that was handed in, by the same checks as a self-check."""

import platform
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from threading import Lock

import numpy as np

from grader import mnist
from grader.carry_forward import carry_forward
from grader.check import Check, Inputs
from grader.classroom.isolation import Runners
from grader.classroom.reference_pool import ReferencePool
from grader.classroom.task import Task
from grader.course import Course
from grader.examine import Examination
from grader.examiner import Examiner
from grader.follow_through import FollowThrough, reference_functions
from grader.language import speak
from grader.outcome import Fault, NotInstalled, Skipped, Unloadable
from grader.policy import Policy
from grader.repaired import with_repairs
from grader.report.check_report import CheckReport
from grader.report.compact import compact_report, without_arrays
from grader.report.report import Provenance, Report, Status
from grader.report.summary import summary
from grader.report.withheld import withheld
from grader.result import Result
from grader.runner.keras_imports import imports_keras
from grader.seed import seed_id
from grader.source import Source
from grader.student_code import SlowStatements

DRAWN = 256  # checks and attempts whose inputs are cached


class Grading:
    """Grades students; all of them share the expected values and the misconception answers.

    provenance: how each grade is made, the same for the whole class.
    runners: makes the runner for one brick of one student, isolated from all others.
    day: decides what is withheld.
    """

    def __init__(
        self,
        course: Course,
        policy: Policy,
        provenance: Provenance,
        runners: Runners,
        day: date,
    ):
        self.course = course
        self.policy = policy
        self.provenance = provenance
        self.runners = runners
        self.day = day
        self._reference = ReferencePool()
        self._examiner = Examiner(
            course, self._reference, policy.seed, policy.on_own, draw=self._draw
        )
        self._functions = lru_cache(partial(reference_functions, course))
        self._drawn = lru_cache(maxsize=DRAWN)(shared_inputs)
        self._draw_locks = defaultdict[str, Lock](Lock)  # by check: drawing digits takes a while
        self._stopped = False

    def grade(self, task: Task) -> list[Report]:
        """The reports of the task's bricks, in its order."""
        if self._wants_keras(task):
            self._reference.warm_up()  # while the NumPy of the first students is graded
        slow = SlowStatements()
        with ExitStack() as stack:
            examinations = {
                brick: self._examiner.of_handed(
                    brick, task.seen_from(brick), stack.enter_context(self.runners()), slow
                )
                for brick in self.course.bricks
                if brick in task.handed
            }
            return [self._grade(brick, task, examinations) for brick in task.bricks]

    def _wants_keras(self, task: Task) -> bool:
        """Whether a check of Keras may run: there is one, and the student's code imports it."""
        checks = (c for name in task.bricks for c in self.course.bricks[name].checks.values())
        return any(check.keras for check in checks) and wants_keras(task)

    def _draw(self, check: Check, seed: int, attempt: int) -> Inputs:
        with self._draw_locks[check.id]:
            return self._drawn(check, seed, attempt)

    def _grade(self, brick: str, task: Task, examinations: Mapping[str, Examination]) -> Report:
        examination = examinations.get(brick)
        if examination is None:
            return self._without_checks(task, brick, Status.NOT_HANDED_IN)
        results = []
        own, withholds = task.handed[brick], self.policy.withholds(self.course, brick, self.day)
        for result in self._followed(brick, examination):
            if withholds and isinstance(own, Source):
                result = withheld(result, own)
            results.append(result)
            if self._stopped:
                raise InterruptedError("grading was stopped")
        if self.policy.repair and not withholds:
            results = with_repairs(results, examination, self.policy.repair)
        checks = [compact_report(result) for result in results]
        carried = None
        if not self.policy.on_own:
            seen = task.seen_from(brick)
            before = [
                self._examiner.of_handed(name, seen, examination.code.runner)
                if name in task.siblings.get(brick, ())
                else examinations[name]
                for name in self.course.predecessors(brick)
                if name in seen
            ]
            carried = carry_forward(self.course, examination, before, seen)
        return replace(
            self._without_checks(task, brick, status_of(checks)),
            checks=tuple(checks),
            carried=carried and without_arrays(carried),
            slow=tuple(replace(slow, digest="") for slow in examination.code.slow),
            cpu=round(examination.cpu, 3),
        )

    def _followed(self, brick: str, examination: Examination) -> Iterable[Result]:
        """The examination's results, with follow-through if the code may run on a reference."""
        if self.policy.on_own or not self.course.has_solution(brick):
            return examination
        return FollowThrough(examination, self._functions(brick))

    def failed(self, task: Task, why: str) -> list[Report]:
        """The reports if the kit itself failed on the task."""
        return [self._without_checks(task, brick, Status.FAULT, why) for brick in task.bricks]

    def crashed(self, task: Task) -> list[Report]:
        """The reports if the task ended every worker that it was tried on."""
        why = "it ended the process that graded it, each time"
        return [self._without_checks(task, brick, Status.CRASHED, why) for brick in task.bricks]

    def _without_checks(self, task: Task, brick: str, status: Status, why: str = "") -> Report:
        maximum = self.course.bricks[brick].points
        return Report(task.student, brick, status, maximum, self.provenance, why=why)

    def stop(self) -> None:
        """Ends each grading that is under way after its current check."""
        self._stopped = True

    def close(self) -> None:
        self.stop()
        self._reference.close()


def status_of(checks: Sequence[CheckReport]) -> Status:
    """Whether anything of what was handed in could be graded."""
    outcomes = [check.outcome for check in checks]
    ran = not all(isinstance(outcome, Unloadable | Skipped) for outcome in outcomes)
    unloadable = any(isinstance(outcome, Unloadable) for outcome in outcomes)
    return Status.NOT_USABLE if unloadable and not ran else Status.GRADED


def wants_keras(task: Task) -> bool:
    sources = [one for one in task.handed.values() if isinstance(one, Source)]
    return any(imports_keras(source.code, anywhere=True) for source in sources)


def shared_inputs(check: Check, seed: int, attempt: int) -> Inputs:
    """The check's inputs, drawn once for all students, and read-only for that reason."""
    inputs = check.draw(seed, attempt)
    for value in inputs.values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return inputs


def grading_at(
    course: Course,
    policy: Policy,
    level: str,
    runners: Runners,
    day: date | None = None,
) -> Grading:
    """Makes a Grading for a level of isolation and a day, which is today by default.

    Its messages are in the course's language.
    """
    speak(course.root, course.language)
    day = day or date.today()
    return Grading(course, policy, provenance_of(policy, level, day), runners, day)


def provenance_of(policy: Policy, level: str, day: date) -> Provenance:
    """How grades are made under the policy at a level of isolation. Raises DataError."""
    return Provenance(
        seed=seed_id(policy.seed),
        isolation=level,
        predecessors=policy.predecessors,
        open=policy.is_open(day),
        digits=mnist.load().sha256[:16],
        versions=versions(),
    )


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    # A course without Keras needs no more than NumPy. Both of the last import as `tensorflow`.
    for package in ("bricks", "numpy", "keras", "tensorflow", "tensorflow-cpu"):
        with suppress(PackageNotFoundError):
            found[package.removesuffix("-cpu")] = version(package)
    return found


def depends_on_the_machine(report: Report) -> bool:
    """Whether the grade may differ on another machine: after a kill, or a limit of wall time."""
    return report.status is Status.CRASHED or not all(check.certain for check in report.checks)


def fault_of(report: Report) -> str:
    """One line on a fault of the kit, with student and brick or check; empty if there is none."""
    if report.status is Status.FAULT:
        return f"{report.student}, {report.brick}: {report.why or 'unknown'}"
    for check in report.checks:
        if isinstance(check.outcome, Fault | NotInstalled):
            return f"{report.student}, {check.id}: {summary(check)}"
    return ""
