"""What one command judged is stored, and the other takes it from there."""

import shutil

import pytest

from grader.desk import graders

pytestmark = pytest.mark.slow

BASIC = ("--isolation", "basic")
FULL = {"test-double": 2, "test-Tripler-apply": 3}


@pytest.fixture
def runs(desk):
    """Hands in a module that leaves a trace; whether it ran since the last time that one asked."""
    trace = desk.root.parent / "trace"
    desk.hand_in("ada", leaving(desk, trace))

    def ran():
        there = trace.exists()
        trace.unlink(missing_ok=True)
        return there

    return ran


def leaving(desk, trace, before=""):
    """The right cells, and a line that writes a file wherever the code runs."""
    line = f"open({str(trace)!r}, 'a').close()"
    return {**desk.RIGHT, "double-solution": f"{line}\n{desk.RIGHT['double-solution']}{before}"}


def stock(desk, *arguments):
    assert desk.nbgrader("autograde", "toy", *arguments) == 0


def bulk(desk, *arguments):
    assert desk.bricks("autograde", "toy", *arguments, *BASIC) == 0


@pytest.mark.parametrize("first, then", [(bulk, stock), (stock, bulk), (stock, stock)])
def test_work_that_was_judged_before_is_not_run_again(desk, runs, first, then):
    first(desk)
    assert runs()
    before = desk.graded("ada"), desk.grades()
    shutil.rmtree(desk.root / "autograded")
    desk.sql("update grade set auto_score = null")
    then(desk)
    assert not runs()
    assert (desk.graded("ada"), desk.grades()) == before
    assert desk.points("ada") == FULL


def test_another_student_with_the_same_work_has_the_same_points(desk, runs):
    bulk(desk)
    assert runs()
    desk.hand_in("ben", leaving(desk, desk.root.parent / "trace"))
    stock(desk)
    assert not runs()
    assert desk.points("ben") == FULL


def test_changed_work_is_judged_anew(desk, runs):
    bulk(desk)
    assert runs()
    changed = leaving(desk, desk.root.parent / "trace", "\n\ndouble = abs")
    desk.hand_in("ada", changed)
    stock(desk, "--force")
    assert runs()
    assert desk.points("ada")["test-double"] == 1  # the shape is right


def test_a_grade_that_depends_on_the_machine_is_judged_anew(desk, runs, monkeypatch):
    monkeypatch.setattr(graders, "depends_on_the_machine", lambda grade: True)
    stock(desk)
    assert runs()
    stock(desk, "--force")
    assert runs()
    assert desk.points("ada") == FULL
