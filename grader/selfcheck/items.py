"""Checks as pytest items, and the objects that the items of one run share."""

from __future__ import annotations

import shutil
from bdb import BdbQuit
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.brick import Brick
from grader.check import Check
from grader.course import Course, find_course
from grader.examine import Examination
from grader.examiner import Examiner
from grader.language import _
from grader.outcome import (
    Fault,
    NotFinite,
    Passed,
    Skipped,
    WrongShape,
    WrongType,
    WrongValue,
    kind,
)
from grader.report.board import board_entry, reached_note
from grader.report.check_report import CheckReport, check_report
from grader.report.rows import WIDEST, WIDTH
from grader.report.text import explain, in_one_line, slow_note
from grader.result import Result, fault_of
from grader.runner.process import Process
from grader.selfcheck.message import Crash, Message
from grader.selfcheck.names import BOARD
from grader.student_code import SlowStatements
from grader.submission import handed_from

if TYPE_CHECKING:
    from grader.runner.in_process import InProcess


WRONG = (WrongValue, WrongShape, WrongType, NotFinite)  # the probe returned a wrong value


class CheckItem(pytest.Item):
    """One check as a pytest item."""

    def __init__(self, *, check: Check, **rest: Any):
        super().__init__(**rest)
        self.check = check
        self.run_of_checks = self_check(self.config)
        self.examination = self.run_of_checks.examination(self.path)
        self.order = self.examination.brick.order
        self.report: CheckReport | None = None
        if check.keras:
            self.add_marker(pytest.mark.keras)

    def runtest(self) -> None:
        notes: list[str] = []
        try:
            result = self.examination.result(self.check.name)
            notes = self.run_of_checks.notes(self)
            notes += filter(None, [reached_note(check_report(result))])
        except Exception as error:  # a fault of the kit, not the student's mistake
            from grader.faults import log_fault

            log_fault(f"check {self.check.id}", error)
            result = Result(self.check, fault_of(error), {})
        if result.printed:
            self.add_report_section("call", "stdout", result.printed)
        self.report = check_report(result)
        self.user_properties += properties_of(self.examination.brick, self.report, notes)
        if isinstance(result.outcome, Skipped):
            pytest.skip(_("waits for {needs}").format(needs=result.outcome.needs))
        if not isinstance(result.outcome, Passed):
            if self.config.getoption("usepdb", False) and isinstance(result.outcome, WRONG):
                self._debug(result)
            raise self.run_of_checks.raised(self.check) or CheckFailed(self.message(self.report))

    def _debug(self, result: Result) -> None:
        """Raises CheckSeen where the debugger has stopped in the student's function."""
        from grader.selfcheck.debug import called_again

        assert self.report is not None
        code = self.examination.code
        files = {file for source in code.sources if source.own for file in source.texts}
        message = self.message(self.report)

        def call() -> object:
            return code.run(self.check, result.inputs)

        if called_again(self.config, message, call, files, self.check.part):
            raise CheckSeen(message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        assert self.report is not None
        return Message(self.message(self.report), Crash(in_one_line(self.report)))

    def message(self, report: CheckReport) -> str:
        text = explain(report, columns())
        if not isinstance(report.outcome, Fault):
            return text
        from grader.faults import logged_line

        return "\n  ".join(filter(None, [text, logged_line()]))

    def reportinfo(self) -> tuple[Path, int, str]:
        part = f"{self.check.brick} / {self.check.part}: {self.name}"
        return self.path, self.check.probe.__code__.co_firstlineno - 1, part


def properties_of(brick: Brick, report: CheckReport, notes: list[str]) -> list[tuple[str, object]]:
    """The properties of a pytest report, also between processes; JUnit's XML shows them."""
    order = brick.order, list(brick.checks).index(report.name)
    return [
        ("points", report.points),
        ("maximum", report.maximum),
        ("outcome", kind(report.outcome)),
        (BOARD, vars(board_entry(report, order, brick.points, notes))),
    ]


def columns() -> int:
    """The width of messages in columns: the terminal's, but at least 79 and at most 100."""
    return min(WIDEST, max(WIDTH, shutil.get_terminal_size().columns - 1))


class CheckFailed(Exception):
    """A check did not pass; the text is its message."""


class CheckSeen(CheckFailed, BdbQuit):
    """A check failed and was seen in the debugger; pytest must not open its own debugger."""


class SelfCheck:
    """The objects that the checks of one run share: runners, and an examination for each brick."""

    def __init__(self, config: pytest.Config):
        # A debugger, and -s, need the student's code in this process and at this terminal.
        self.debugging = bool(
            config.getoption("usepdb", False)
            or config.getoption("trace", False)
            or config.getoption("capture") == "no"
        )
        self._student: InProcess | Process = _in_process() if self.debugging else Process()
        self._reference = Process()
        self._slow = SlowStatements()  # in the student's files, which import each other
        self._examiners: dict[Course, Examiner] = {}
        self._log = ExitStack()
        if config.getoption("bricks_debug"):
            from grader.faults import logging_faults

            self._log.enter_context(logging_faults(None, shown=True))
        self._examinations: dict[Path, Examination] = {}

    def examination(self, checks_file: Path) -> Examination:
        """The examination of the brick whose checks are in that file."""
        if checks_file not in self._examinations:
            course = find_course(checks_file.parent)
            brick = checks_file.stem.removeprefix("test_")
            if course.has_solution(brick):
                from grader.proofread.course import proofread  # a student's kit lacks it

                proofread(course, [brick])
            if course not in self._examiners:
                self._examiners[course] = Examiner(course, self._reference, at_home=True)
            examiner = self._examiners[course]
            handed = handed_from(course, checks_file.parent)
            self._examinations[checks_file] = examiner.of_handed(
                brick, handed, self._student, self._slow
            )
        return self._examinations[checks_file]

    def notes(self, item: CheckItem) -> list[str]:
        """The notes on a check: on new slow statements, and, at a bar, on the predecessors."""
        return [
            *map(slow_note, item.examination.code.newly_slow()),
            *filter(None, [self._on_own(item)]),
        ]

    def _on_own(self, item: CheckItem) -> str:
        """A sentence on the student's own predecessors, if the check ran on the reference's."""
        course, brick = item.examination.course, item.check.brick
        if not any(course.has_solution(name) for name in course.predecessors(brick)):
            return ""
        from grader.selfcheck.on_own import note_on_own  # a student's kit has no such module

        return note_on_own(item.check, item.examination, self.examination, item.path.parent)

    @property
    def examinations(self) -> list[Examination]:
        return list(self._examinations.values())

    def raised(self, check: Check) -> Exception | None:
        """The exception that the student's code raised in this process, for a debugger."""
        return None if isinstance(self._student, Process) else self._student.raised.get(check.id)

    def close(self) -> None:
        self._student.close()
        self._reference.close()
        self._log.close()


def _in_process() -> InProcess:
    from grader.runner.in_process import InProcess  # imports all that runs code: only to debug

    return InProcess()


SELF_CHECK = pytest.StashKey[SelfCheck]()


def self_check(config: pytest.Config) -> SelfCheck:
    """The `SelfCheck` of this run. The first item makes it."""
    if SELF_CHECK not in config.stash:
        config.stash[SELF_CHECK] = SelfCheck(config)
    return config.stash[SELF_CHECK]
