"""Difficulty and discrimination of checks, and when to look at a check."""

import numpy as np
import pytest

from grader.classreport.items import FEWEST, POOR, items_of
from grader.outcome import NotWritten, Passed, Unloadable


def items(made, *reports):
    return {item.check.name: item for item in items_of(made.results(*reports), "layer")}


def student(made, number, **right):
    """A student who has each check right or wrong; a wrong answer has no name."""
    wrong = {
        name: Passed() if right[name] else made.wrong(float(number), float(len(name)))
        for name in right
    }
    return made.report(f"s{number}", **wrong)


def test_the_figures_are_those_of_the_formula(made):
    rng = np.random.default_rng(1)
    right = {name: rng.random(24) < share for name, share in
             (("rows", 0.8), ("far", 0.5), ("loss", 0.6), ("fit", 0.4))}  # fmt: skip
    reports = [student(made, i, **{name: own[i] for name, own in right.items()}) for i in range(24)]
    found = items(made, *reports)
    for name, own in right.items():
        rest = sum(other.astype(float) for it, other in right.items() if it != name)
        p = own.mean()  # the point-biserial formula itself
        apart = rest[own].mean() - rest[~own].mean()
        expected = apart / rest.std() * np.sqrt(p * (1 - p))
        assert found[name].difficulty == pytest.approx(p)
        assert found[name].discrimination == pytest.approx(expected)
        assert found[name].judged == 24


def test_a_check_that_stronger_students_fail_is_named(made):
    strong = [student(made, i, rows=True, far=True, loss=True, fit=i < 2) for i in range(10)]
    weak = [student(made, 10 + i, rows=False, far=False, loss=i < 3, fit=True) for i in range(10)]
    found = items(made, *strong, *weak)
    assert found["fit"].discrimination < -0.5
    assert "stronger students fail it more often" in found["fit"].warning
    assert found["rows"].discrimination > POOR and found["rows"].warning == ""


def test_a_check_that_tells_nobody_apart_is_named(made):
    reports = [
        student(made, i, rows=i % 2 == 0, far=i < 10, loss=i < 10, fit=i < 10) for i in range(20)
    ]
    found = items(made, *reports)
    assert abs(found["rows"].discrimination) < POOR
    assert "hardly tells" in found["rows"].warning


def test_named_mistakes_are_the_students_own_and_warn_of_no_check(made):
    """One slip for each student makes every check discriminate badly."""
    names = ("rows", "far", "loss", "fit")
    reports = [
        made.report(f"s{i}", **{names[i % 4]: made.named(names[i % 4], "summed")})
        for i in range(20)
    ]
    for more in ([], [student(made, 20 + i, fit=False) for i in range(2)]):  # 2 of 7 have no name
        found = items(made, *reports, *more)
        assert all(item.discrimination < 0 for item in found.values())
        assert [item.warning for item in found.values()] == [""] * 4


def test_a_check_that_nobody_passes_is_named(made):
    found = items(made, *(student(made, i, rows=False) for i in range(FEWEST)))
    assert (found["rows"].difficulty, found["rows"].discrimination) == (0.0, None)
    assert "nobody passes" in found["rows"].warning


def test_of_few_students_nothing_is_said(made):
    found = items(made, *(student(made, i, rows=i > 3, far=i > 4) for i in range(FEWEST - 1)))
    assert found["rows"].discrimination is None and found["rows"].warning == ""


def test_who_was_not_judged_does_not_count(made):
    blank = [made.report(f"b{i}", rows=NotWritten("softmax")) for i in range(5)]
    broken = [made.report("x", rows=Unloadable("layer.py", "SyntaxError"))]
    found = items(made, *(student(made, i, rows=i > 3) for i in range(10)), *blank, *broken)
    assert (found["rows"].judged, found["rows"].passed) == (10, 6)
