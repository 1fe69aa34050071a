"""The plugin of pytest: `pytest exercises/` collects checks and ends with the board.

The engine is imported only when checks are collected, so that no other pytest run waits for it.
"""

import os
import sys
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from grader.selfcheck.names import BOARD

SEARCH = 2.0  # seconds of processor time, after the results, to look for one small change
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


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Answers `pytest exercises/neuron.py` with the command that was meant."""
    if not any(".py" in argument for argument in config.args):
        return
    from grader.selfcheck.asked import meant

    folder = config.invocation_params.dir
    if meant(config.args, folder):
        from grader.course import CourseError, find_course

        with suppress(CourseError):
            find_course(folder)  # from here on in its language
        raise pytest.UsageError(meant(config.args, folder))


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> Any:
    """Collects a file of checks; one that cannot be used becomes an error of one sentence."""
    if module_path.parent.name != "exercises" or b"grader" not in module_path.read_bytes():
        return None
    from grader.course import CourseError, load_brick

    try:
        load_brick(module_path)
    except CourseError as error:
        return BrokenChecks.from_parent(parent, path=module_path, why=str(error))
    return None


class BrokenChecks(pytest.Module):
    """A file of checks that cannot be collected."""

    def __init__(self, *, why: str, **rest: Any):
        super().__init__(**rest)
        self.why = why

    def collect(self) -> Any:
        raise self.CollectError(self.why)


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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the checks into teaching order; other tests keep their positions.

    `-k layer` selects the brick of that name, and not every check with `layer` in its name.
    """
    indices = [i for i, item in enumerate(items) if hasattr(item, "examination")]
    checks: list[Any] = [items[i] for i in indices]
    for i, item in zip(indices, sorted(checks, key=lambda item: item.order), strict=True):
        items[i] = item
    if not config.option.keyword or not checks:
        return
    from grader.selfcheck.asked import bricks_asked_for

    wanted = bricks_asked_for(
        config.option.keyword, dict.fromkeys(item.check.brick for item in checks)
    )
    if wanted is not None:
        others = [it for it in checks if it.check.brick not in wanted]
        config.option.keyword = ""
        if others:
            config.hook.pytest_deselected(items=others)
            items[:] = [item for item in items if item not in others]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: Any) -> Generator[None, Any, Any]:
    """Keeps the terminal, which pytest hides from a test, for a check that takes seconds."""
    terminal = item.config.pluginmanager.get_plugin("terminalreporter")
    slow = hasattr(item, "examination") and (item.check.labels or item.check.keras)
    if not slow or not terminal or not terminal.isatty:
        return (yield)
    item.terminal = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    with item.terminal:
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: Any) -> Generator[None, None, None]:
    """Shows, on a terminal, how long a check takes that trains or needs Keras, while it runs."""
    terminal = getattr(item, "terminal", None)
    if terminal is None:
        return (yield)
    from grader.selfcheck.waiting import SECONDS, Waiting, behind_letters

    cache = getattr(item.config, "cache", None)
    known = cache.get(SECONDS, {}) if cache else {}
    waiting = Waiting(behind_letters(terminal), item.check, known.get(item.check.id, 0.0))
    try:
        with waiting:
            return (yield)
    finally:
        if cache:
            cache.set(SECONDS, {**known, item.check.id: waiting.seconds})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows a waiting check at the line of its probe, and not at a line of the plugin."""
    report = yield
    if report.skipped and hasattr(item, "examination") and isinstance(report.longrepr, tuple):
        path, line, _ = item.reportinfo()
        report.longrepr = (str(path), line + 1, report.longrepr[2])
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    if run := _self_check(config):
        run.close()


def pytest_report_teststatus(report: pytest.TestReport) -> Any:
    """Shows checks of unwritten parts as "todo", apart from failed ones."""
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
    from grader.selfcheck.progress import after_the_board

    entries = [BoardEntry(**entry) for entry in ran]
    terminalreporter.write_sep("-", "bricks")
    for line, colour in board(entries):
        terminalreporter.write_line(line, **{colour: True})
    for line in (*after_the_board(config, entries), *_several(config, reports)):
        terminalreporter.write_line(line)
    run = _self_check(config)
    if run and run.debugging:
        from grader.language import _

        terminalreporter.write_line(_("Debugging: your code ran without time limits."))
    elif run and any(about["outcome"] not in UNSEARCHED for about in properties if BOARD in about):
        from grader.selfcheck.explain import places_to_look

        terminalreporter.flush()  # the student reads the results during the search
        for line in places_to_look(run.examinations, SEARCH):
            terminalreporter.write_line(line)


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
    """The `SelfCheck` of this run; None if no check was collected."""
    engine = sys.modules.get("grader.selfcheck.items")
    return config.stash.get(engine.SELF_CHECK, None) if engine else None
