"""The plugin of pytest: `pytest exercises/` collects checks and ends with the board.

The engine is imported only when checks are collected, so that no other pytest run waits for it.
"""

import os
import sys
import textwrap
from collections.abc import Generator
from typing import Any

import pytest

from grader.selfcheck.names import BOARD

SEARCH = 2.0  # seconds of processor time, after the results, to look for one small change
NAMED = "bricks/pictures"  # in pytest's cache: the pictures that were named before
UNSEARCHED = ("passed", "not written", "skipped")  # outcomes that show no mistake


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("bricks", "checks of deep learning's building bricks")
    group.addoption(
        "--mnist", metavar="FILE", help="an .npz of MNIST's layout, in place of the embedded one"
    )
    group.addoption(
        "--bricks-debug", action="store_true", help="show the traceback of a fault of the kit"
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
    from grader.course import CourseError
    from grader.selfcheck.items import CheckItem

    try:
        item = CheckItem.from_parent(collector, name=name, check=obj)
    except CourseError as error:  # another file of checks is broken
        raise collector.CollectError(str(error)) from None
    item.extra_keyword_matches.add(obj.part)  # `-k sigmoid`: messages name parts
    return [item]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the checks into teaching order; other tests keep their positions."""
    indices = [i for i, item in enumerate(items) if hasattr(item, "examination")]
    checks: list[Any] = [items[i] for i in indices]
    for i, item in zip(indices, sorted(checks, key=lambda item: item.order), strict=True):
        items[i] = item


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: Any) -> None:
    """Announces, on a terminal, a check that takes seconds."""
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
    """Shows what is not written yet as "todo", apart from what is wrong."""
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
    ran = [about[BOARD] for about in properties if BOARD in about]
    if not ran:
        return
    from grader.report.board import BoardEntry, board

    terminalreporter.write_sep("-", "bricks")
    for line, colour in board([BoardEntry(**entry) for entry in ran]):
        terminalreporter.write_line(line, **{colour: True})
    for line in (*_worth_a_look(config, ran), *_several(config, reports)):
        terminalreporter.write_line(line)
    run = _self_check(config)
    if run and run.debugging:
        terminalreporter.write_line("Debugging: your code ran without time limits.")
    elif run and any(about["outcome"] not in UNSEARCHED for about in properties if BOARD in about):
        from grader.selfcheck.explain import places_to_look

        terminalreporter.flush()  # nobody waits for the results
        for line in places_to_look(run.examinations, SEARCH):
            terminalreporter.write_line(line)


def _worth_a_look(config: pytest.Config, ran: list[Any]) -> list[str]:
    """For each brick: the pictures that its right parts make possible, each named once."""
    cache = getattr(config, "cache", None)
    if cache is None:
        return []
    from grader.course import CourseError, find_course
    from grader.pictures.possible import made_possible

    named: dict[str, list[str]] = cache.get(NAMED, {})
    wrong = {(about["brick"], about["part"]) for about in ran if about["outcome"] != "passed"}
    right: dict[str, set[str]] = {}
    for about in ran:
        if (about["brick"], about["part"]) not in wrong:
            right.setdefault(about["brick"], set()).add(about["part"])
    lines = []
    try:
        course = find_course(config.rootpath)
        possible = {brick: made_possible(course, brick, parts) for brick, parts in right.items()}
    except CourseError as error:
        return [str(error)]
    for brick, titles in possible.items():
        if new := [title for title in titles if title not in named.get(brick, [])]:
            named[brick] = [*named.get(brick, []), *new]
            lines.append(f"worth a look: bricks show {brick}   ({'; '.join(new)})")
    cache.set(NAMED, named)
    return [line for long in lines for line in textwrap.wrap(long, 79, subsequent_indent=" " * 6)]


def _several(config: pytest.Config, reports: list[Any]) -> list[str]:
    """For each brick with several files: a sentence on which is taken."""
    from grader.submission import several

    checks = [(r, _properties(r)) for r in reports if isinstance(r, pytest.TestReport)]
    found = {
        (about[BOARD]["brick"], config.rootpath.joinpath(report.location[0]).parent)
        for report, about in checks
        if BOARD in about
    }
    return [line for brick, folder in sorted(found) for line in several([brick], folder)]


def _properties(report: pytest.TestReport) -> dict[str, Any]:
    return dict(report.user_properties) if report.when == "call" else {}


def _self_check(config: pytest.Config) -> Any:
    """What the checks of this run share; None where none was collected."""
    engine = sys.modules.get("grader.selfcheck.items")
    return config.stash.get(engine.SELF_CHECK, None) if engine else None
