"""Where the network is the student's own: what passes at home passes in class."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.author.bars import CHANCE, ONCE_IN, REFERENCE, failure_probability, page
from grader.author.margin import (
    chance_as_measured,
    chance_if_normal,
    deviations,
    distance_needed,
)
from grader.bar import TRIES_AT_A_BAR
from grader.brick import Brick
from grader.check import Check
from grader.course import Course
from grader.declared import slips_of
from grader.examine import Examination
from grader.judge import bar_at_home
from grader.outcome import Accuracy, BelowBar, Passed
from grader.probe import Loaded, Run
from grader.report.check_report import check_report
from grader.report.text import explain
from grader.runner.answer import Returned
from grader.source import Source

ROOT = Path(__file__).parents[1]
DRAWS = 50_000


def both(rng, draw, means, distance, n, home, graded):
    """By mean (of a design with spread 1, the bar at 0): passes at home and fails in class."""
    spread = draw(rng, (DRAWS, n)).std(axis=1, ddof=1)
    best_at_home, best_in_class = (
        draw(rng, (DRAWS, tries)).max(axis=1) for tries in (home, graded)
    )
    return [
        np.mean((best_at_home + mean >= distance * spread) & (best_in_class + mean < 0))
        for mean in means
    ]


def normal(rng, shape):
    return rng.normal(size=shape)


@pytest.mark.parametrize("n, distance", [(5, 2.0), (20, 1.0), (20, 2.0), (38, 1.5)])
@pytest.mark.parametrize("home, graded", [(3, 3), (1, 3), (3, 1)])
def test_the_chance_is_that_of_a_simulation_at_the_worst_mean(n, distance, home, graded):
    means = np.arange(-3, 3, 0.1)
    found = max(both(np.random.default_rng(n), normal, means, distance, n, home, graded))
    chance = chance_if_normal(distance, n, home, graded)
    assert abs(found - chance) <= 0.02 * chance + 5 * np.sqrt(chance / DRAWS)


@pytest.mark.parametrize(
    "name, draw",
    [
        ("uniform", lambda rng, shape: rng.uniform(-1, 1, size=shape) * np.sqrt(3)),
        ("long lower tail", lambda rng, shape: 1 - rng.exponential(size=shape)),
        ("shares of digits", lambda rng, shape: rng.binomial(10_000, 0.97, size=shape) / 17.06),
    ],
)
def test_runs_without_a_long_upper_tail_are_not_above_it(name, draw):
    centred = float(np.mean(draw(np.random.default_rng(0), (DRAWS,))))
    n, distance = 20, distance_needed(20, 3, 3, 1e-3)
    means = np.arange(-4, 4, 0.1)
    found = both(
        np.random.default_rng(1), lambda r, s: draw(r, s) - centred, means, distance, n, 3, 3
    )
    assert max(found) <= 1e-3 + 5 * np.sqrt(1e-3 / DRAWS)


def test_with_the_measured_deviations_it_is_that_of_drawing_from_them():
    rng = np.random.default_rng(2)
    known = deviations(list(rng.normal(size=50)))
    assert abs(np.std(known, ddof=1) ** 2 - 50 / 49) < 1e-9
    chance, draws = chance_as_measured(1.0, known, 3, 3), rng.choice(known, (DRAWS, 6))
    found = max(
        np.mean((draws[:, :3].max(axis=1) + mean >= 1.0) & (draws[:, 3:].max(axis=1) + mean < 0))
        for mean in np.arange(-3, 4, 0.02)
    )
    assert abs(found - chance) <= 0.02 * chance + 5 * np.sqrt(chance / DRAWS)


def test_the_distance_is_the_smallest_that_does():
    for n in (5, 20, 38):
        distance = distance_needed(n, 3, 3, 1e-3)
        assert chance_if_normal(distance, n, 3, 3) < 1e-3
        assert chance_if_normal(distance - 0.01, n, 3, 3) >= 1e-3
    assert distance_needed(5, 3, 3, 1e-3) > distance_needed(38, 3, 3, 1e-3)


def own_designs(course):
    """The evidence at each bar whose design is the student's own."""
    checks = (c for brick in course.bricks.values() for c in brick.checks.values())
    return {check.id: course.bars[check.id] for check in checks if check.own_design}


def test_committed_margins_keep_their_promise(course):
    assert own_designs(course)
    for check, bar in own_designs(course).items():
        assert bar["once_in"] == ONCE_IN, check
        measured = {REFERENCE: bar, **bar["styles"], **bar["designs"]}
        assert len(measured) >= 7
        for name, of in measured.items():
            distance = bar["margin"] / of["spread"]
            chance = chance_if_normal(distance, of["seeds"], TRIES_AT_A_BAR, TRIES_AT_A_BAR)
            assert of["seeds"] >= 20, name
            assert of["false_pass"] == pytest.approx(chance, rel=1e-3), name
            assert max(of["false_pass"], of["as_measured"]) < 1 / ONCE_IN, name


def test_the_reference_passes_at_home_as_surely_as_the_page_says(course):
    for bar in own_designs(course).values():
        assert failure_probability(bar_at_home(bar), bar) < CHANCE


def test_where_the_contract_fixes_the_network_there_is_no_margin(course):
    own = own_designs(course)
    assert not [check for check, bar in course.bars.items() if "margin" in bar and check not in own]


def test_the_page_follows_from_the_bars_and_states_the_odds(course):
    text = (ROOT / "docs" / "bars.md").read_text(encoding="utf-8")
    assert text == page(course.bars)
    words = " ".join(text.split())
    assert f"happens to a network less than once in {ONCE_IN:,} times" in words
    for check, bar in own_designs(course).items():
        assert f"## {check}: {bar['bar']:.3f} in grading, {bar_at_home(bar):.3f} at home" in text


N = 1000
EVIDENCE = {"bar": 0.8, "mean": 0.95, "spread": 0.01, "seeds": 30}
BARS = {"toy/own": {**EVIDENCE, "margin": 0.05, "once_in": 1000}, "toy/fixed": EVIDENCE}


def toy_check(name):
    """The check of that name at one of BARS."""
    return Check(
        "toy", name, name, 2, "toy()", "More epochs?", lambda toy: {},
        lambda rng: {"y": np.zeros(N, int)}, labels="y", own_design=name == "own",
    )  # fmt: skip


class Reaches:
    """Answers every check with that share of right labels."""

    def __init__(self, share):
        self.labels = (np.arange(N) >= round(share * N)).astype(int)

    def run(self, job):
        return Run(Returned({"labels": self.labels}) if job.check else Loaded())


def result(name, share, at_home):
    course, check = Course(ROOT), toy_check(name)
    toy = Brick("toy", order=1, title="A toy", checks={name: check})
    course.__dict__["bars"], course.__dict__["bricks"] = BARS, {"toy": toy}
    own = [Source("toy", "toy.py", b"")]
    examination = Examination(course, "toy", own, Reaches(share), None, 1, at_home=at_home)
    return examination.result(name)


@pytest.mark.parametrize(
    "name, share, at_home, in_class",
    [
        ("own", 0.79, False, False),
        ("own", 0.80, False, True),
        ("own", 0.849, False, True),
        ("own", 0.85, True, True),
        ("fixed", 0.79, False, False),
        ("fixed", 0.80, True, True),
    ],
)
def test_the_self_check_asks_for_more_only_where_the_design_is_free(name, share, at_home, in_class):
    for asked_at_home, passes in ((True, at_home), (False, in_class)):
        found = result(name, share, asked_at_home)
        assert isinstance(found.outcome, Passed if passes else BelowBar)
        assert found.points == (2 if passes else 0)


def test_between_the_bars_the_message_says_what_each_asks_for_and_why():
    text = explain(check_report(result("own", 0.82, at_home=True)))
    words = " ".join(text.split())
    assert "0.820 of 1,000 unseen digits are right; the bar is 0.850 here and 0.800 in" in words
    assert "Nearly there! Grading asks for 0.800, but trains anew with other digits." in words
    assert "What reaches 0.850 here fails there less than once in 1,000." in words
    assert max(map(len, text.splitlines())) < 80
    assert len(text.splitlines()) <= 18


def test_further_down_it_is_not_nearly_there():
    text = explain(check_report(result("own", 0.5, at_home=True)))
    assert "Nearly" not in text and "Grading asks for 0.800" in " ".join(text.split())


@pytest.mark.parametrize("name, at_home", [("own", False), ("fixed", True), ("fixed", False)])
def test_where_there_is_no_margin_nothing_is_said_of_one(name, at_home):
    text = explain(check_report(result(name, 0.5, at_home)))
    assert "Grading" not in text and "grading" not in text
    assert "the bar is 0.800;" in " ".join(text.split())


def test_what_passed_at_home_knows_both_bars():
    found = result("own", 0.9, at_home=True)
    assert found.outcome.reached == Accuracy(0.9, N, 0.85, 0.95, 0.01, 30, 0.8, 1000)
    assert result("own", 0.9, at_home=False).outcome.reached.graded is None


def test_an_own_design_without_a_bar_is_refused():
    brick = Brick("toy", order=1, title="A toy")
    brick.check("part", points=1, called="f", hint="?", own_design=True)(lambda toy: {})
    said = [str(slip) for slip in slips_of(brick, "toy")]
    assert said == ["toy/<lambda>: it has a bar of an own design, and no labels that belong to it"]


CHECKS = """
import numpy as np

from grader import Brick

brick = Brick("toy", order=1, title="A toy")


def drawn(rng):
    return {"x": np.arange(1000), "y": np.zeros(1000, int)}


asked = {"points": 2, "called": "labels(x)", "hint": "More?", "inputs": drawn, "labels": "y"}


@brick.check("own", own_design=True, **asked)
def own(toy, x):
    return {"labels": toy.labels(x)}


@brick.check("fixed", **asked)
def fixed(toy, x):
    return {"labels": toy.labels(x)}
"""
SOLUTION = '''# %%
def labels(x):
    """Labels of x (n,)."""
    ### BEGIN SOLUTION
    return (x >= 820).astype(int)
    ### END SOLUTION
'''


@pytest.fixture
def toy(tmp_path):
    """A course with two bars, between which and the margin above one of them its solution lies."""
    for path, text in (
        ("exercises/test_toy.py", CHECKS),
        ("exercises/bars.json", json.dumps(BARS)),
        ("exercises/toy.py", SOLUTION),
        ("solutions/toy.py", SOLUTION),
        ("submitted/ada/toy.py", SOLUTION),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={
            **{k: v for k, v in os.environ.items() if k not in ("CI", "BUILD_NUMBER")},
            "COLUMNS": "80",
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_pytest_asks_for_the_margin_and_bricks_grade_does_not(toy):
    checked = run(toy, "pytest", "exercises", "-p", "no:cacheprovider")
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "1 failed, 1 passed" in checked.stdout
    assert "the bar is 0.850 here and 0.800 in" in " ".join(checked.stdout.split())
    graded = run(toy, "grader", "grade", "submitted", "--out", "out", "--isolation", "basic")
    assert graded.returncode == 0, graded.stdout + graded.stderr
    [line] = (toy / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert '"points": 4' in line or '"points":4' in line, line


def test_a_cell_of_a_notebook_asks_for_the_margin(toy, capsys):
    from grader.selfcheck.cell import Checks

    checks = Checks(Course(toy), [SOLUTION])
    try:
        assert checks.check("toy own") == 0
        assert checks.check("toy fixed") == 2
    finally:
        checks.close()
    assert "Grading asks for 0.800" in " ".join(capsys.readouterr().out.split())
