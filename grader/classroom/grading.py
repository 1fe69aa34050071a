"""Grading one student: every brick that was handed in, by the same checks as the self-check."""

import platform
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import date
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any

import numpy as np

from grader import mnist
from grader.carry_forward import carry_forward
from grader.check import Check, Inputs
from grader.classroom.reference_pool import ReferencePool
from grader.classroom.task import Grade, Task
from grader.course import Course
from grader.examine import Examination
from grader.live import LiveAnswers, LiveExpected
from grader.probe import Runner
from grader.report.board import FAULT as CHECK_FAULT
from grader.report.record import record
from grader.report.text import beside
from grader.runner.process import imports_keras
from grader.seed import seed_id
from grader.source import Source
from grader.submission import sources_of

DRAWN = 256  # checks and attempts whose inputs are kept
GRADED, NOT_HANDED_IN = "graded", "not handed in"
CRASHED = "crashed"
FAULT = "fault of the kit"  # no grade: what it was is in "beside", and the next run tries again


class Grading:
    """What is shared while a class is graded: expected values and misconceptions' answers.

    about: what each grade says of how it was made: seed id, isolation, versions.
    places: makes the place where one brick of one student runs, apart from every other.
    on_own: bricks run on the student's own predecessors, and no reference enters a child.
    still_open: predecessors can still be handed in, so no words of a child are shown that could
        carry their references out.
    """

    def __init__(
        self,
        course: Course,
        seed: int,
        about: Mapping[str, Any],
        places: Callable[[], AbstractContextManager[Runner]],
        on_own: bool = False,
        still_open: bool = False,
    ):
        self.course = course
        self.seed = seed
        self.about = about
        self.places = places
        self.on_own = on_own
        self.still_open = still_open
        self._reference = ReferencePool()
        self._oracle = LiveExpected(course, self._reference)
        self._lineup = LiveAnswers(course, self._reference)
        self._drawn = lru_cache(maxsize=DRAWN)(shared_inputs)
        self._one_draws = defaultdict[str, Lock](Lock)  # by check: digits take a while
        self._stopped = False

    def grade(self, task: Task) -> list[Grade]:
        """The grades of the task's bricks, in its order."""
        if wants_keras(task):
            self._reference.warm_up()  # while the NumPy of the first students is graded
        with ExitStack() as stack:
            examinations = {
                brick: self._examination(brick, task, stack.enter_context(self.places()))
                for brick in self.course.bricks
                if brick in task.handed
            }
            return [self._grade(brick, task, examinations) for brick in task.bricks]

    def _examination(self, brick: str, task: Task, place: Runner) -> Examination:
        sources = sources_of(self.course, brick, task.handed, self.on_own)
        return Examination(
            self.course,
            brick,
            sources,
            place,
            self._oracle,
            self.seed,
            self._lineup,
            self._draw,
        )

    def _draw(self, check: Check, seed: int, attempt: int) -> Inputs:
        with self._one_draws[check.id]:
            return self._drawn(check, seed, attempt)

    def _grade(self, brick: str, task: Task, examinations: Mapping[str, Examination]) -> Grade:
        examination = examinations.get(brick)
        checks = []
        own = task.handed.get(brick)
        words_of = own if self._withheld(brick) and isinstance(own, Source) else None
        for result in examination or ():
            checks.append(record(result, withheld_from=words_of))
            if self._stopped:
                raise InterruptedError("grading was stopped")
        grade: Grade = {
            "student": task.student,
            "brick": brick,
            "status": GRADED if examination else NOT_HANDED_IN,
            "points": sum(check["points"] for check in checks),
            "maximum": self.course.bricks[brick].points,
            "checks": checks,
            "beside": "",
            **self.about,
        }
        if examination and not self.on_own:
            names = self.course.predecessors(brick)
            before = [examinations[name] for name in names if name in examinations]
            on_own = carry_forward(self.course, examination, before, task.handed)
            grade["beside"] = beside(on_own) if on_own else ""
        if examination:
            grade["cpu"] = round(examination.cpu, 3)
        return grade

    def failed(self, task: Task, why: str) -> list[Grade]:
        """What stands in place of grades where the kit itself failed on a student."""
        return self._without_checks(task, FAULT, why)

    def crashed(self, task: Task) -> list[Grade]:
        """The grades of what ended every machine that it was tried on."""
        return self._without_checks(task, CRASHED, "it ended the process that graded it, each time")

    def _without_checks(self, task: Task, status: str, why: str) -> list[Grade]:
        return [
            {
                "student": task.student,
                "brick": brick,
                "status": status,
                "points": 0,
                "maximum": self.course.bricks[brick].points,
                "checks": [],
                "beside": why,
                **self.about,
            }
            for brick in task.bricks
        ]

    def _withheld(self, brick: str) -> bool:
        """Whether the brick is given references, which its words could give away."""
        return self.still_open and not self.on_own and bool(self.course.earlier(brick))

    def stop(self) -> None:
        """Grading under way ends after the check that it is at."""
        self._stopped = True

    def close(self) -> None:
        self.stop()
        self._reference.close()


def wants_keras(task: Task) -> bool:
    handed = [it for it in task.handed.values() if isinstance(it, Source)]
    return any(imports_keras(source.code, anywhere=True) for source in handed)


def shared_inputs(check: Check, seed: int, attempt: int) -> Inputs:
    """The check's inputs, drawn once for all students: nothing may change them."""
    inputs = check.draw(seed, attempt)
    for value in inputs.values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return inputs


def is_open(until: date | None) -> bool:
    """Whether students can still hand in what others build on. until: the day when that ends."""
    return until is not None and date.today() < until


def provenance(
    seed: int, level: str, on_own: bool = False, still_open: bool = False
) -> dict[str, Any]:
    """How a grade is made: all but the code that decides it. Raises DataError."""
    return {
        "seed": seed_id(seed),
        "isolation": level,
        "predecessors": "own" if on_own else "reference",
        "open": still_open,
        "digits": mnist.load().sha256[:16],
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in ("bricks", "numpy", "keras"):
        found[package] = version(package)
    for package in ("tensorflow", "tensorflow-cpu"):  # both import as `tensorflow`
        with suppress(PackageNotFoundError):
            found["tensorflow"] = version(package)
    return found


def depends_on_the_machine(grade: Grade) -> bool:
    """Whether it may come out otherwise elsewhere: a kill, or an end by the clock on the wall."""
    return grade["status"] == CRASHED or not all(check["certain"] for check in grade["checks"])


def is_fault(grade: Grade) -> bool:
    """Whether the kit failed, and not the student."""
    return bool(fault_of(grade))


def fault_of(grade: Grade) -> str:
    """What went wrong in the kit, in a line that names student and brick or check; else empty."""
    if grade["status"] == FAULT:
        return f"{grade['student']}, {grade['brick']}: {grade['beside'] or 'unknown'}"
    for check in grade["checks"]:
        if check["outcome"] == CHECK_FAULT:
            return f"{grade['student']}, {check['id']}: {check['summary']}"
    return ""
