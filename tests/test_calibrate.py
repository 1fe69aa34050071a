"""Calibration: what the bound promises, what a bar follows from, going on where it was killed."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from grader.author.bars import (
    CHANCE,
    ONCE_IN,
    STEP,
    failure_probability,
    highest_bar,
    margin_with_evidence,
    summary,
)
from grader.author.bars_picture import APART, logit, ticks
from grader.author.bound import chance_of_missing, distance_needed, fewest_runs
from grader.author.calibrate import (
    FEWEST_SEEDS,
    JOURNAL,
    SEEDS_OF_A_DESIGN,
    SEEDS_OF_A_MISTAKE,
    matters,
)
from grader.author.margin import chance_if_normal
from grader.author.runs import Reached, append, code_behind, imported, read_journal
from grader.bar import TRIES_AT_A_BAR
from grader.judge import bar_at_home
from grader.misconception import Misconception
from grader.source import Source

DRAWS = 100_000
DISTRIBUTIONS = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "heavy lower tail": lambda rng, shape: -rng.pareto(1.1, size=shape),
    "no mean at all": lambda rng, shape: -np.exp(np.exp(3 * rng.normal(size=shape)).clip(0, 300)),
    "long tail within [0, 1]": lambda rng, shape: 0.9 * rng.uniform(size=shape) ** 0.02,
    "seldom, all is lost": lambda rng, shape: (rng.uniform(size=shape) < 1 - 3 / 41) * 1.0,
}


def share_missed(rng, draw, n, distance, tries):
    """How often all of `tries` new values lie under the bar that n values lead to."""
    x = draw(rng, (DRAWS, n + tries))
    known, new = x[:, :n], x[:, n:]
    bar = known.mean(axis=1) - distance * known.std(axis=1, ddof=1)
    return np.mean((new < bar[:, None]).all(axis=1))


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("tries", [1, 3])
@pytest.mark.parametrize("n, distance", [(8, 1.0), (8, 2.5), (38, 0.7), (38, 3.0), (38, 6.01)])
def test_misses_are_never_more_than_the_bound_says(name, tries, n, distance):
    missed = share_missed(np.random.default_rng(n), DISTRIBUTIONS[name], n, distance, tries)
    bound = chance_of_missing(distance, n, tries)
    assert missed <= bound + 4 * math.sqrt(bound * (1 - bound) / DRAWS)


@pytest.mark.parametrize("n, tries", [(8, 1), (8, 3), (15, 2)])
def test_the_bound_is_reached_so_it_cannot_be_smaller(n, tries):
    """Values drawn without return, `tries` of them far below: they miss where these are new."""
    rng = np.random.default_rng(1)
    urn = np.where(np.arange(n + tries) < tries, -1.0, 0.0)
    missed = share_missed(
        rng, lambda rng, shape: rng.permuted(np.tile(urn, (shape[0], 1)), axis=1), n, n, tries
    )
    bound = chance_of_missing(n, n, tries)
    assert abs(missed - bound) <= 4 * math.sqrt(bound * (1 - bound) / DRAWS)


def test_for_one_run_it_is_never_above_saw_yang_and_mo():
    for n in (2, 5, 30, 50, 100):
        for k in np.linspace(1, 12, 45):
            published = math.floor((n + 1) / n * ((n - 1) / k**2 + 1)) / (n + 1)
            assert chance_of_missing(k * math.sqrt((n + 1) / n), n, 1) <= published + 1e-12


def test_the_bound_for_one_run_to_the_third_power_would_promise_too_much():
    rng = np.random.default_rng(2)
    n, distance = 8, 8.0
    missed = share_missed(rng, DISTRIBUTIONS["no mean at all"], n, distance, tries=3)
    assert missed > 2 * chance_of_missing(distance, n, 1) ** 3


def test_the_distance_is_the_smallest_that_does():
    for n in (38, 43, 61, 100, 500):
        distance = distance_needed(n, 3, 1e-4)
        assert chance_of_missing(distance, n, 3) < 1e-4 <= chance_of_missing(0.999 * distance, n, 3)


def test_fewer_runs_than_needed_can_show_nothing():
    fewest = fewest_runs(3, 1e-4)
    assert 1 / math.comb(fewest + 3, 3) < 1e-4 <= 1 / math.comb(fewest + 2, 3)
    with pytest.raises(ValueError, match="37 runs"):
        distance_needed(fewest - 1, 3, 1e-4)


def test_a_bar_is_the_highest_that_its_figure_allows():
    rng = np.random.default_rng(3)
    evidence = summary(list(rng.normal(0.95, 0.003, size=FEWEST_SEEDS)))
    bar = highest_bar(evidence)
    assert failure_probability(bar, evidence) < CHANCE <= failure_probability(bar + STEP, evidence)


def test_runs_that_are_all_equal_have_a_bar_too():
    evidence = summary([0.9] * FEWEST_SEEDS)
    assert highest_bar(evidence) <= 0.9
    assert failure_probability(0.9, evidence) < CHANCE
    assert failure_probability(0.905, evidence) == 1


def test_a_margin_is_the_lowest_that_is_enough_for_the_design_that_spreads_most():
    rng = np.random.default_rng(4)
    shares = [list(rng.normal(0.95, spread, size=20)) for spread in (0.001, 0.004)]
    designs = [summary(each) for each in shares]
    known = list(rng.normal(size=200))
    margin = margin_with_evidence(designs, known)["margin"]
    tries = TRIES_AT_A_BAR
    at = [
        chance_if_normal(m / designs[1]["spread"], 20, tries, tries)
        for m in (margin, margin - STEP)
    ]
    assert at[0] < 1 / ONCE_IN <= at[1]
    assert designs[0]["false_pass"] < designs[1]["false_pass"] == pytest.approx(at[0], rel=1e-3)
    calm = margin_with_evidence(designs[:1], known)["margin"]
    assert calm < margin
    heavy = [*known, *[9.0] * 20]  # a tail that the normal distribution lacks
    assert margin_with_evidence(designs[:1], heavy)["margin"] > calm


def test_committed_bars_follow_from_their_committed_evidence(course):
    for check, bar in course.bars.items():
        solutions = [bar, *bar["styles"].values()]
        asked = bar_at_home(bar)
        assert asked == min(highest_bar(evidence) for evidence in solutions), check
        assert bar["tries"] == TRIES_AT_A_BAR
        for evidence in solutions:
            assert evidence["seeds"] >= 30
            assert evidence["failure_probability"] == failure_probability(asked, evidence)
            assert evidence["failure_probability"] < CHANCE
        for reached in bar["misconceptions"].values():
            assert reached.get("does_not_train") or reached["seeds"] == SEEDS_OF_A_MISTAKE


def test_the_keras_bar_is_at_97_percent_or_above_at_home(course):
    assert bar_at_home(course.bars["cnn/ten_digits_in_keras"]) >= 0.97


def test_a_misconception_is_trained_in_the_half_where_it_is_caught(course):
    brick = course.bricks["cnn"].checks
    numpy, keras = brick["ten_digits"], brick["ten_digits_in_keras"]
    for name, at_numpy, at_keras in (
        ("filters-frozen", True, False),
        ("train-does-nothing", False, True),
        ("nobody-met-it-yet", True, True),
    ):
        mistake = Misconception(name, "", "", "")
        assert matters(course, numpy, mistake) is at_numpy
        assert matters(course, keras, mistake) is at_keras


def test_only_what_a_run_uses_decides_its_key():
    checks = CHECKS + "\ndef unrelated():\n    return 1\n"
    behind = code_behind(checks, "digits")
    assert "def drawn" in behind and "LARGE" in behind
    assert "unrelated" not in behind and "hint" not in behind and "import" not in behind
    for old, new, same in (
        ("return 1", "return 2", True),
        ("Look again.", "Look twice.", True),
        ("points=1", "points=2", True),
        ('labels="y"', 'labels="y", images="x"', True),
        ("# as few as will do", "# few", True),
        ("Images, with noise.", "Noisy images.", True),
        ("LARGE = 400", "LARGE = 500", False),
        ("noise=0.4", "noise=0.5", False),
        ("threshold.told(x)", "threshold.told(x + 1)", False),
    ):
        assert old in checks
        assert (code_behind(checks.replace(old, new), "digits") == behind) is same, old


def test_predecessors_count_for_a_key_when_they_are_imported():
    texts = {"one": "", "two": "from one import f", "three": "", "four": "import numpy, two"}
    sources = [Source(name, f"{name}.py", code.encode()) for name, code in texts.items()]
    assert [source.brick for source in imported(sources)] == ["one", "two", "four"]
    assert imported([sources[0], Source("broken", "broken.py", b"import one, (")]) != sources[:1]


def test_a_line_that_was_cut_off_is_no_run_and_harms_none(tmp_path):
    journal = tmp_path / JOURNAL
    runs = [Reached(str(i), "a/b", "reference", i, 0.5) for i in range(3)]
    append(journal, runs[0])
    append(journal, runs[1])
    journal.write_bytes(journal.read_bytes()[:-9])
    append(journal, runs[2])
    assert list(read_journal(journal).values()) == [runs[0], runs[2]]


def test_a_run_is_on_the_disk_once_it_is_in_the_journal(tmp_path, monkeypatch):
    synced = []

    def sync(descriptor):
        synced.append(os.pread(descriptor, 1000, 0))

    monkeypatch.setattr(os, "fsync", sync)
    append(tmp_path / JOURNAL, Reached("k", "a/b", "reference", 0, 0.5))
    assert synced == [(tmp_path / JOURNAL).read_bytes()]


def test_ticks_never_touch():
    for low, high in ((-6.0, 9.0), (1.0, 4.0), (2.9, 3.4)):
        at = sorted(map(logit, ticks(low, high)))
        assert all(b - a > APART * (high - low) for a, b in pairwise(at))
        assert low <= at[0] and at[-1] <= high


SOLUTION = '''# %%
def told(x):
    """Labels (n,) of x (n,): 1 where it is over a half."""
    ### BEGIN SOLUTION
    return (x > 0.5).astype(int)
    ### END SOLUTION
'''
OTHER_STYLE = """
import numpy as np


def told(x):
    return np.array([int(value > 0.55) for value in x])
"""
MISTAKES = """
from grader.source import Source
from grader.misconception import misconception


@misconception("Labels are turned round.", "Which is which?", idea="model")
def turned_round(threshold):
    threshold.told = lambda x: (x < 0.5).astype(int)


@misconception("Nothing comes back.", "What is returned?", idea="model")
def forgets_to_return(threshold):
    threshold.told = lambda x: None
"""
CHECKS = """
import time

import numpy as np

from grader import Brick

brick = Brick("threshold", order=1, title="A threshold")
LARGE = 400  # as few as will do


def drawn(rng, noise=0.4):
    "Images, with noise."
    y = rng.integers(2, size=LARGE)
    return {"x": y + rng.normal(scale=noise, size=LARGE), "y": y}


@brick.check("told", points=1, called="told(x)", hint="Look again.", inputs=drawn, labels="y")
def digits(threshold, x):
    time.sleep(0.02)
    return {"labels": threshold.told(x)}
"""
RUNS = 2 * FEWEST_SEEDS + 2 * SEEDS_OF_A_MISTAKE


@pytest.fixture
def small(tmp_path):
    """A function that makes a course of one cheap brick with a bar, in a new folder."""

    def make(name: str) -> Path:
        root = tmp_path / name
        for path, text in (
            ("exercises/test_threshold.py", CHECKS),
            ("solutions/threshold.py", SOLUTION),
            ("solutions/misconceptions/threshold.py", MISTAKES),
            ("tests/alternatives/loops/threshold.py", OTHER_STYLE),
        ):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        return root

    return make


def command(root, *arguments):
    return [sys.executable, "-m", "grader", "calibrate", "--course", str(root), *arguments]


def calibrated(root, *arguments):
    return subprocess.run(
        command(root, *arguments), capture_output=True, text=True, timeout=120, cwd=root
    )


def lines(root):
    path = root / JOURNAL
    return path.read_bytes().count(b"\n") if path.exists() else 0


def written(root):
    return (root / "exercises" / "bars.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_all_that_is_correct_or_mistaken_is_measured(small):
    root = small("course")
    done = calibrated(root)
    assert done.returncode == 0, done.stderr
    bar = json.loads(written(root))["threshold/digits"]
    assert bar["seeds"] == bar["styles"]["loops"]["seeds"] == FEWEST_SEEDS
    assert bar["bar"] == min(highest_bar(bar), highest_bar(bar["styles"]["loops"]))
    assert bar["misconceptions"]["turned-round"]["maximum"] < 0.2
    assert bar["misconceptions"]["forgets-to-return"] == {"does_not_train": "wrong type"}
    page = (root / "docs" / "bars.md").read_text(encoding="utf-8")
    assert f"threshold/digits: {bar['bar']:.3f}" in page and "| loops |" in page
    assert (root / "docs" / "bars.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.long
def test_a_changed_implementation_is_measured_anew_and_nothing_else(small):
    root = small("course")
    assert calibrated(root).returncode == 0
    assert lines(root) == RUNS
    assert calibrated(root).returncode == 0
    assert lines(root) == RUNS
    style = root / "tests" / "alternatives" / "loops" / "threshold.py"
    style.write_text(OTHER_STYLE.replace("0.55", "0.45"), encoding="utf-8")
    assert calibrated(root).returncode == 0
    assert lines(root) == RUNS + FEWEST_SEEDS


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
def test_killed_midway_it_goes_on_and_ends_with_the_same(small):
    whole, cut = small("whole"), small("cut")
    assert calibrated(whole).returncode == 0
    for enough in (7, 30):
        running = subprocess.Popen(
            command(cut, "--jobs", "2"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while lines(cut) < enough:
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert enough <= lines(cut) < RUNS
        assert not (cut / "exercises" / "bars.json").exists()
    known = lines(cut)
    assert f"{known} of them known" in calibrated(cut).stderr
    assert lines(cut) == RUNS
    assert written(cut) == written(whole)
    for name in ("bars.md", "bars.png"):
        assert (cut / "docs" / name).read_bytes() == (whole / "docs" / name).read_bytes()


@pytest.mark.slow
def test_a_correct_solution_that_fails_stops_it_and_says_which(small):
    root = small("course")
    style = root / "tests" / "alternatives" / "loops" / "threshold.py"
    style.write_text("def told(x):\n    raise ValueError('no idea')\n", encoding="utf-8")
    done = calibrated(root)
    assert done.returncode == 2
    assert "loops fails at threshold/digits, seed 1000000: ValueError: no idea" in done.stderr


OWN_DESIGN = """

@brick.check(
    "own", points=1, called="f(x)", hint="?", inputs=drawn, labels="y", own_design=True
)
def own(threshold, x):
    return {"labels": threshold.told(x)}
"""


@pytest.mark.slow
def test_own_designs_have_a_margin_and_one_bar_can_be_measured_alone(small):
    root = small("course")
    checks = root / "exercises" / "test_threshold.py"
    checks.write_text(CHECKS + OWN_DESIGN, encoding="utf-8")
    design = root / "solutions" / "designs" / "lower" / "threshold.py"
    design.parent.mkdir(parents=True)
    design.write_text(OTHER_STYLE.replace("0.55", "0.3"), encoding="utf-8")
    assert calibrated(root).returncode == 0
    before = json.loads(written(root))
    fixed, own = before["threshold/digits"], before["threshold/own"]
    assert "margin" not in fixed and fixed["designs"] == {}
    assert set(own["designs"]) == {"loops", "lower"}  # the reference decides the bar
    assert own["designs"]["lower"]["seeds"] == SEEDS_OF_A_DESIGN
    assert own["margin"] > 0
    assert bar_at_home(own) == highest_bar(own)
    docs = root / "docs"
    page = (docs / "bars.md").read_text(encoding="utf-8")
    assert f"{own['bar']:.3f} in grading, {bar_at_home(own):.3f} at home" in page
    picture, own_picture = docs / "bars.png", docs / "bars-own-design.png"
    picture.write_bytes(b"the other bars'")
    own_picture.unlink()
    runs = lines(root)
    (root / JOURNAL).unlink()
    assert calibrated(root, "--only", "threshold/own").returncode == 0
    assert lines(root) == FEWEST_SEEDS + 2 * SEEDS_OF_A_DESIGN + 2 * SEEDS_OF_A_MISTAKE < runs
    assert json.loads(written(root)) == before
    assert (docs / "bars.md").read_text(encoding="utf-8") == page
    assert picture.read_bytes() == b"the other bars'"
    assert own_picture.read_bytes().startswith(b"\x89PNG")


def test_a_bar_that_does_not_exist_cannot_be_measured(small):
    done = calibrated(small("course"), "--only", "threshold/digit")
    assert done.returncode == 2
    assert "There is no bar 'threshold/digit': threshold/digits." in done.stderr


def test_too_few_seeds_are_refused(small):
    done = calibrated(small("course"), "--seeds", "30")
    assert done.returncode == 2
    assert f"it takes {FEWEST_SEEDS} or more" in done.stderr
