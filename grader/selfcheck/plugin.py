"""The student's front door: `pytest exercises/` collects checks and ends with the board.

The engine is imported where checks are collected: no other pytest run waits for it.
"""

import os
import sys
from collections.abc import Generator
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("bricks", "checks of deep learning's building bricks").addoption(
        "--mnist", metavar="FILE", help="an .npz of MNIST's layout, in place of the embedded one"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "keras: needs Keras, whose import takes seconds")
    if config.getoption("mnist"):
        from grader.mnist import VARIABLE

        os.environ[VARIABLE] = config.getoption("mnist")


def pytest_pycollect_makeitem(collector: pytest.Module, name: str, obj: object) -> Any:
    checks = sys.modules.get("grader.check")
    if checks is None or not isinstance(obj, checks.Check):
        return None
    from grader.selfcheck.items import CheckItem

    item = CheckItem.from_parent(collector, name=name, check=obj)
    item.extra_keyword_matches.add(obj.part)  # `-k sigmoid`: messages name parts
    return [item]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bricks in teaching order, wherever checks stand among other tests."""
    indices = [i for i, item in enumerate(items) if hasattr(item, "examination")]
    checks: list[Any] = [items[i] for i in indices]
    for index, item in zip(indices, sorted(checks, key=lambda item: item.order), strict=True):
        items[index] = item


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: Any) -> None:
    """Nobody waits without a word: what takes seconds is announced, where somebody watches."""
    terminal = item.config.pluginmanager.get_plugin("terminalreporter")
    if hasattr(item, "examination") and terminal and terminal.isatty:
        if item.check.labels:
            terminal.write("[MNIST]", light=True)
        elif item.check.keras:
            terminal.write("[Keras]", light=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if run := _self_check(config):
        run.close()


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
    properties = [_properties(r) for r in reports if isinstance(r, pytest.TestReport)]
    entries = [about for about in properties if "brick_points" in about]
    if not entries:
        return
    from grader.report.board import Entry, board

    terminalreporter.write_sep("-", "bricks")
    for line, colour in board([Entry(**about) for about in entries]):
        terminalreporter.write_line(line, **{colour: True})
    for line in _several(config, reports):
        terminalreporter.write_line(line)
    if (run := _self_check(config)) and run.debugging:
        terminalreporter.write_line("Debugging: your code ran without time limits.")


def _several(config: pytest.Config, reports: list[Any]) -> list[str]:
    """Which file is taken of bricks that several files may be."""
    from grader.submission import several

    checks = [(r, _properties(r)) for r in reports if isinstance(r, pytest.TestReport)]
    found = {
        (about["brick"], config.rootpath.joinpath(report.location[0]).parent)
        for report, about in checks
        if "brick_points" in about
    }
    return [line for brick, folder in sorted(found) for line in several([brick], folder)]


def _properties(report: pytest.TestReport) -> dict[str, Any]:
    return dict(report.user_properties) if report.when == "call" else {}


def _self_check(config: pytest.Config) -> Any:
    """What the checks of this run share; None where none was collected."""
    engine = sys.modules.get("grader.selfcheck.items")
    return config.stash.get(engine.SELF_CHECK, None) if engine else None
