"""The student's front door: `pytest exercises/` collects checks and ends with the board."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

# The engine is imported where checks are collected: no other pytest run waits for it.
if TYPE_CHECKING:
    from grader.check import Check
    from grader.examination import Examination, Result
    from grader.implementation import Source
    from grader.sandbox.process import Run


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("bricks", "checks of deep learning's building bricks").addoption(
        "--mnist", metavar="FILE", help="an .npz of MNIST's layout, in place of the embedded one"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "keras: needs Keras, whose import takes seconds")
    config.stash[DESK] = Desk(config)
    if config.getoption("mnist"):
        from grader.mnist import VARIABLE

        os.environ[VARIABLE] = config.getoption("mnist")


def pytest_unconfigure(config: pytest.Config) -> None:
    if DESK in config.stash:
        config.stash[DESK].close()


def pytest_pycollect_makeitem(collector: pytest.Module, name: str, obj: object) -> Any:
    checks = sys.modules.get("grader.check")
    if checks is None or not isinstance(obj, checks.Check):
        return None
    return [CheckItem.from_parent(collector, name=name, check=obj)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bricks in teaching order, wherever checks stand among other tests."""
    places = [i for i, item in enumerate(items) if isinstance(item, CheckItem)]
    checks = [item for item in items if isinstance(item, CheckItem)]
    for place, item in zip(places, sorted(checks, key=lambda item: item.order), strict=True):
        items[place] = item


class CheckItem(pytest.Item):
    """One check as a pytest item."""

    result: Result | None = None

    def __init__(self, *, check: Check, **rest: Any):
        super().__init__(**rest)
        self.desk = self.config.stash[DESK]
        self.examination = self.desk.examination(self.path)
        self.check = check
        self.order = self.examination.brick.order
        if check.keras:
            self.add_marker(pytest.mark.keras)

    def runtest(self) -> None:
        from grader.examination import Result
        from grader.messages.board import Entry
        from grader.messages.text import explain
        from grader.outcome import Fault, Passed, Skipped

        try:
            self.result = self.examination.result(self.check.name)
        except Exception as error:  # a defect of ours must not look like one of theirs
            self.result = Result(self.check, Fault(f"{type(error).__name__}: {error}"), {})
        if self.result.printed:
            self.add_report_section("call", "stdout", self.result.printed)
        entry = Entry.of(self.examination.brick, self.result)
        self.user_properties += list(entry.plain().items())
        if isinstance(self.result.outcome, Skipped):
            pytest.skip(f"waits for {self.result.outcome.needs}")
        if not isinstance(self.result.outcome, Passed):
            raise self.desk.raised.get(self.check.id) or CheckFailed(explain(self.result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        from grader.messages.text import explain

        assert self.result is not None
        return explain(self.result)

    def reportinfo(self) -> tuple[Path, int, str]:
        part = f"{self.check.brick} / {self.check.part}: {self.name}"
        return self.path, self.check.probe.__code__.co_firstlineno - 1, part


class CheckFailed(Exception):
    """A check did not pass; the text is its message."""


class Desk:
    """What the checks of one run share: one examination a brick, and where code runs.

    A debugger, or -s, needs the student's code in this process: then there are no time limits.
    """

    def __init__(self, config: pytest.Config):
        self.debugging = bool(
            config.getoption("usepdb", False)
            or config.getoption("trace", False)
            or config.getoption("capture") == "no"
        )
        self.raised: dict[str, Exception] = {}
        self._process: Any = None
        self._examinations: dict[Path, Examination] = {}

    def examination(self, checks_file: Path) -> Examination:
        from grader.course import PUBLIC_SEED, find_course
        from grader.examination import Examination
        from grader.oracle import oracle_for
        from grader.submission import sources_of

        if checks_file not in self._examinations:
            course = find_course(checks_file.parent)
            brick = checks_file.stem.removeprefix("test_")
            shown_as = f"{checks_file.parent.name}/{brick}.py"
            self._examinations[checks_file] = Examination(
                course,
                brick,
                sources_of(course, brick, checks_file.with_name(f"{brick}.py"), shown_as),
                self,
                oracle_for(course, brick),
                PUBLIC_SEED,
            )
        return self._examinations[checks_file]

    def run(
        self,
        check: Check | None,
        checks_file: Path,
        sources: Sequence[Source],
        inputs: Mapping[str, Any],
        limit: float,
    ) -> Run:
        from grader.answer import answer, outcome_of
        from grader.sandbox.process import Process, Run

        if not self.debugging:
            self._process = self._process or Process()
            run: Run = self._process.run(check, checks_file, sources, inputs, limit)
            return run
        try:
            return Run(answer(check, sources, inputs, propagate=True), "", 0.0)
        except Exception as error:
            if check:
                self.raised[check.id] = error
            return Run(outcome_of(error, sources), "", 0.0)

    def close(self) -> None:
        if self._process:
            self._process.close()


DESK = pytest.StashKey[Desk]()


def _properties(report: pytest.TestReport) -> dict[str, Any]:
    return dict(report.user_properties) if report.when == "call" else {}


def pytest_report_teststatus(report: pytest.TestReport) -> Any:
    """What is not written yet is shown apart from what is wrong."""
    if report.failed and _properties(report).get("outcome") == "not written":
        return "todo", "t", ("TODO", {"yellow": True})
    return None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: Any, config: pytest.Config
) -> Generator[None, None, None]:
    yield
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    told = [_properties(r) for r in reports if isinstance(r, pytest.TestReport)]
    entries = [about for about in told if "brick_points" in about]
    if not entries:
        return
    from grader.messages.board import Entry, board

    terminalreporter.section("bricks", "-")
    for line, colour in board([Entry(**about) for about in entries]):
        terminalreporter.write_line(line, **{colour: True})
    if config.stash[DESK].debugging:
        terminalreporter.write_line("Debugging: your code ran without time limits.")
