"""The isolation in force is what canaries measured."""

import os
import sys
from pathlib import Path

import pytest

from grader.author.isolation_page import PAGE, page
from grader.course import CourseError
from grader.outcome import Crashed, Unloadable
from grader.probe import Loaded, Run
from grader.runner.process import Process
from grader.sandbox import levels
from grader.sandbox.canaries import CANARIES
from grader.sandbox.levels import FULL, KERNEL, LEVELS

if sys.platform != "linux":
    pytest.skip("the isolation of Linux", allow_module_level=True)

from grader.runner.clock import WallLimit
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.confined import Confined


@pytest.mark.slow
@pytest.mark.parametrize("level", [KERNEL, FULL])
def test_canaries_find_what_the_page_says(need, level):
    need(level)
    place, measured = levels.runner_at(level)
    place.close()
    assert LEVELS.index(measured.level) >= LEVELS.index(level)
    assert {it.tries for it in measured.canaries} >= {it.tries for it in CANARIES}
    stopped = (KERNEL,) if measured.level == KERNEL else (KERNEL, FULL)
    for it in measured.canaries:
        assert it.stopped == (it.level in stopped), it


@pytest.mark.long
@pytest.mark.parametrize(
    ("missing", "through"),
    [("Landlock", "read a file"), ("seccomp", "fork"), ("limits", "share memory")],
    ids=["Landlock", "seccomp", "limits"],
)
def test_canaries_notice_a_missing_layer(need, without, missing, through):
    need(KERNEL)
    if missing == "limits" and os.geteuid() != 0:
        pytest.skip("without no_new_privs, plain users can put on no filter either")
    place = Confined(without(missing), WallLimit(1.0, 3.0))
    try:
        measured = levels.measure(place)
    finally:
        place.close()
    assert measured.level == "basic"
    assert any(it.tries.startswith(through) for it in measured.canaries if not it.stopped), measured


class Everywhere:
    """A place where every canary gets through; or is said to be refused, but left a trace."""

    def __init__(self, answer):
        self.answer = answer

    def run(self, job):
        code = job.sources[0].code.decode()
        lines = code.splitlines()
        if "import numpy" in code:
            return Run(Loaded())
        if isinstance(self.answer, Unloadable):
            outside = eval(lines[0].partition("=")[2])
            Path(outside, "trace").touch()
        return Run(self.answer)


def test_a_trace_or_a_broken_canary_lowers_the_level():
    refused = Unloadable("canary.py", "PermissionError: no")
    assert levels.measure(Everywhere(Loaded())).level == "basic"
    assert levels.measure(Everywhere(Unloadable("canary.py", "NameError: x"))).level == "basic"
    assert levels.measure(Everywhere(refused)).level == "basic"


def test_where_nothing_runs_nothing_has_been_measured():
    class Nowhere:
        def run(self, job):
            return Run(Crashed("no"))

    assert levels.measure(Nowhere()).level == "basic"


def test_a_level_that_is_not_to_be_had_says_what_to_do(monkeypatch):
    monkeypatch.setattr(bubblewrap, "found", lambda: None)
    with pytest.raises(CourseError, match="apt install bubblewrap"):
        levels.runner_at(FULL)
    monkeypatch.setattr(seccomp, "available", lambda: False)
    with pytest.raises(CourseError, match="libseccomp2"):
        levels.runner_at(KERNEL)
    with pytest.raises(CourseError, match="basic, kernel, full"):
        levels.runner_at("strict")
    place, measured = levels.runner_at()
    assert isinstance(place, Process)
    assert measured.level == "basic"


def test_a_bubblewrap_that_does_not_work_is_not_full(monkeypatch):
    monkeypatch.setattr(bubblewrap, "found", lambda: "/bin/false")
    with pytest.raises(CourseError, match="nothing starts"):
        levels.runner_at(FULL)


def test_the_page_is_what_the_generator_makes():
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.slow
@pytest.mark.parametrize("level", [KERNEL, FULL])
def test_canaries_are_stopped_for_a_plain_user(plainly, need, level):
    need(level, as_plain_user=True)
    script = f"from grader.sandbox import levels; print(levels.runner_at({level!r})[1].level)"
    done = plainly("-c", script)
    assert done.stdout.strip() in LEVELS[LEVELS.index(level) :], done
