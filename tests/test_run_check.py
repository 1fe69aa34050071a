"""Runs of a check: apart where they are compared, cleaned without the student's code."""

import pytest

from grader.check import CheckError
from grader.course import CourseError, load_brick
from grader.judge import measured
from grader.outcome import Raised, WrongType
from grader.probe import Job, Returned
from grader.run_check import run_check
from grader.runner.process import Process
from grader.source import Source

CHECKS = """
import sys

import numpy as np

from grader import (
    GLOBAL_STATE, Brick, count_warnings, follows_seed, global_state, seed_global_state
)

brick = Brick("toy", order=1, title="Toy")


@brick.check(
    "f",
    points=1,
    called="f({n}, seed)",
    hint="Think.",
    inputs=lambda rng: {"n": 3, "seed": {"first": 7, "again": 7, "other": 8}},
    each="seed",
    measure=lambda returned, inputs: follows_seed(returned, inputs["seed"], "numbers"),
)
def seeds(toy, n, seed):
    seed_global_state(seed)
    return {"numbers": toy.f(n, seed), GLOBAL_STATE: global_state()}


def where_it_runs(returned, inputs):
    sum_ = np.sum(returned["numbers"]) + inputs["never shown"]
    return {"sum": sum_, "the code is here": "toy" in sys.modules}


@brick.check(
    "f",
    points=1,
    called="f(n, 7)",
    hint="Think.",
    inputs=lambda rng: {"n": 3, "never shown": 100.0},
    clean=where_it_runs,
    needs=("warned",),
)
def sums(toy, n):
    return {"numbers": toy.f(n, 7)}


@brick.check("f", points=1, called="f()", hint="Think.", inputs=lambda rng: {"x": np.zeros(2)})
def warned(toy, x):
    divided, n_warnings = count_warnings(lambda: toy.f(x, 0) / x)
    return {"warnings": n_warnings}
"""
DRAWS = "import numpy as np\ndef f(n, seed): return np.random.default_rng(seed).normal(size=n)\n"
PASSES = {
    "same seed, same numbers": True,
    "other seed, other numbers": True,
    "np.random's global state is left alone": True,
}


class Toy:
    def __init__(self, folder):
        self.checks_file = folder / "test_toy.py"
        self.checks_file.write_text(CHECKS)
        self.process = Process()

    def answer(self, name, code):
        check = load_brick(self.checks_file).checks[name]
        inputs = check.draw(0)
        job = Job(check, self.checks_file, (Source("toy", "toy.py", code.encode()),))
        answer = run_check(job, inputs, self.process.run).answer
        return measured(check, answer, inputs) if isinstance(answer, Returned) else answer

    def values(self, name, code):
        answer = self.answer(name, code)
        assert isinstance(answer, Returned), answer
        return {key: value.tolist() for key, value in answer.values.items()}


@pytest.fixture
def toy(tmp_path):
    toy = Toy(tmp_path)
    yield toy
    toy.process.close()


def test_runs_that_are_compared_see_one_seed_each(toy):
    assert toy.values("seeds", DRAWS) == PASSES


@pytest.mark.parametrize(
    ("code", "fails"),
    [
        ("import os\ndef f(n, seed): return [*os.urandom(n)]", "same seed, same numbers"),
        ("def f(n, seed): return [1.0] * n", "other seed, other numbers"),
        (
            "import numpy as np\n"
            "def f(n, seed):\n    np.random.seed(seed)\n    return np.random.normal(size=n)",
            "np.random's global state is left alone",
        ),
        (
            "import numpy as np\nstate = np.random.get_state()\n"
            "np.random.get_state = lambda legacy=True: state\n"
            "def f(n, seed):\n    np.random.seed(seed)\n    return np.random.normal(size=n)",
            "np.random's global state is left alone",
        ),
    ],
    ids=["differs", "constant", "global", "global, hidden"],
)
def test_a_seed_that_is_not_followed_shows(toy, code, fails):
    assert toy.values("seeds", code) == {**PASSES, fails: False}


def test_one_run_cannot_answer_for_another(toy):
    forged = """
import numpy as np, sys
frame = sys._getframe()
while frame and "job" not in frame.f_locals:
    frame = frame.f_back
def probe(toy, n, seed):
    np.random.seed(seed + 1)
    _, key, position, *_ = np.random.get_state()
    state = np.append(key.astype(np.int64), position)
    names = ("first", "again", "other")
    made_up = {f"numbers, {run}": np.full(3, float(run == "other")) for run in names}
    return {**made_up, "numbers": np.zeros(3), "global state": state}
object.__setattr__(frame.f_locals["job"].check, "probe", probe)
"""
    assert toy.values("seeds", forged)["other seed, other numbers"] is False


def test_values_are_cleaned_where_the_code_never_runs(toy):
    code = "def f(n, seed): return [1.0] * n"
    assert toy.values("sums", code) == {"sum": 103.0, "the code is here": False}


def test_an_error_of_the_kit_in_clean_is_no_mistake(toy):
    text = toy.checks_file.read_text()
    toy.checks_file.write_text(
        text.replace("clean=where_it_runs", "clean=lambda *_: open('/none')")
    )
    with pytest.raises(CheckError, match="the values of toy/sums cannot be cleaned"):
        toy.answer("sums", "def f(n, seed): return [1.0] * n")


def test_what_is_no_array_does_not_reach_clean(toy):
    assert toy.answer("sums", "def f(n, seed): return None") == WrongType(
        "numbers", "None", "an array or a number"
    )


def test_the_first_run_that_fails_is_the_answer(toy):
    answer = toy.answer("seeds", "def f(n, seed): return [0.0] if seed == 7 else 1 / 0")
    assert isinstance(answer, Raised) and answer.error == "ZeroDivisionError"


def test_warnings_are_counted_whatever_was_switched_off(toy):
    code = (
        "import numpy as np, warnings\nnp.seterr(all='ignore')\nwarnings.simplefilter('ignore')\n"
        "warnings.catch_warnings = None\nnp.errstate = None\ndef f(x, seed): return x"
    )
    assert toy.values("warned", code) == {"warnings": 1}


def test_called_shows_the_numbers_that_were_drawn(toy):
    check = load_brick(toy.checks_file).checks["seeds"]
    assert check.called_with(check.draw(0)) == "f(3, seed)"
    assert check.called_with({}) == "f(n, seed)"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('needs=("warned",)', 'needs=("warms",)', "toy/sums needs 'warms', and there is no such"),
        ('needs=("warned",)', 'needs=("sums",)', "toy/sums waits for a check that waits for it"),
    ],
)
def test_needs_that_cannot_be_met_are_refused(toy, old, new, sentence):
    toy.checks_file.write_text(CHECKS.replace(old, new))
    with pytest.raises(CourseError, match=sentence):
        load_brick(toy.checks_file)


def test_each_must_name_an_input(toy):
    toy.checks_file.write_text(CHECKS.replace('each="seed"', 'each="sede"'))
    check = load_brick(toy.checks_file).checks["seeds"]
    with pytest.raises(CheckError, match="names 'sede', and its inputs are: n, seed"):
        check.runs(check.draw(0))
