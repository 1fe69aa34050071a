"""Checks as pytest items, and what the items of one run share."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from grader.carry_forward import carry_forward, numpy_bar
from grader.check import Check
from grader.course import PUBLIC_SEED, find_course
from grader.examine import Examination, Result, fault_of
from grader.expected import expected_for
from grader.faults import log_fault, logged_line, logging_faults
from grader.misconception_answers import misconception_answers_for
from grader.outcome import Fault, Passed, Skipped
from grader.report.board import Entry
from grader.report.text import beside, explain
from grader.runner.in_process import InProcess
from grader.runner.process import Process
from grader.submission import handed_beside, sources_of


class CheckItem(pytest.Item):
    """One check as a pytest item."""

    def __init__(self, *, check: Check, **rest: Any):
        super().__init__(**rest)
        self.check = check
        self.run_of_checks = self.config.stash.setdefault(SELF_CHECK, SelfCheck(self.config))
        self.examination = self.run_of_checks.examination(self.path)
        self.order = self.examination.brick.order
        self.result: Result | None = None
        if check.keras:
            self.add_marker(pytest.mark.keras)

    def runtest(self) -> None:
        on_own = ""
        try:
            self.result = self.examination.result(self.check.name)
            on_own = self.run_of_checks.on_own(self)
        except Exception as error:  # a defect of ours must not look like one of theirs
            log_fault(f"check {self.check.id}", error)
            self.result = Result(self.check, fault_of(error), {})
        if self.result.printed:
            self.add_report_section("call", "stdout", self.result.printed)
        entry = Entry.of(self.examination.brick, self.result, on_own)
        self.user_properties += list(entry.plain().items())
        if isinstance(self.result.outcome, Skipped):
            pytest.skip(f"waits for {self.result.outcome.needs}")
        if not isinstance(self.result.outcome, Passed):
            raise self.run_of_checks.raised(self.check) or CheckFailed(self.message(self.result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        assert self.result is not None
        return self.message(self.result)

    def message(self, result: Result) -> str:
        logged = logged_line() if isinstance(result.outcome, Fault) else ""
        return f"{explain(result)}\n  {logged}" if logged else explain(result)

    def reportinfo(self) -> tuple[Path, int, str]:
        part = f"{self.check.brick} / {self.check.part}: {self.name}"
        return self.path, self.check.probe.__code__.co_firstlineno - 1, part


class CheckFailed(Exception):
    """A check did not pass; the text is its message."""


class SelfCheck:
    """What the checks of one run share: where code runs, and one examination a brick."""

    def __init__(self, config: pytest.Config):
        # A debugger, and -s, need the student's code in this process and at this terminal.
        self.debugging = bool(
            config.getoption("usepdb", False)
            or config.getoption("trace", False)
            or config.getoption("capture") == "no"
        )
        self._student: InProcess | Process = InProcess() if self.debugging else Process()
        self._reference = Process()
        self._log = ExitStack()
        self._log.enter_context(logging_faults(None, bool(config.getoption("bricks_debug"))))
        self._examinations: dict[Path, Examination] = {}

    def examination(self, checks_file: Path) -> Examination:
        """Of the brick whose checks are in that file."""
        if checks_file not in self._examinations:
            course = find_course(checks_file.parent)
            brick = checks_file.stem.removeprefix("test_")
            self._examinations[checks_file] = Examination(
                course,
                brick,
                sources_of(course, brick, handed_beside(course, checks_file.parent)),
                self._student,
                expected_for(course, brick, self._reference),
                PUBLIC_SEED,
                misconception_answers_for(course, brick, self._reference),
            )
        return self._examinations[checks_file]

    def on_own(self, item: CheckItem) -> str:
        """At a brick's bar: what it comes to on the student's own predecessors, in words."""
        examination, course = item.examination, item.examination.course
        bar = numpy_bar(examination.brick)
        if bar is None or bar.id != item.check.id:
            return ""
        names = course.predecessors(examination.brick.name)
        before = [self.examination(course.checks_file(name)) for name in names]
        found = carry_forward(course, examination, before, handed_beside(course, item.path.parent))
        return beside(found) if found else ""

    def raised(self, check: Check) -> Exception | None:
        """What the student's code raised in this process, for a debugger to land in."""
        return self._student.raised.get(check.id) if isinstance(self._student, InProcess) else None

    def close(self) -> None:
        self._student.close()
        self._reference.close()
        self._log.close()


SELF_CHECK = pytest.StashKey[SelfCheck]()
