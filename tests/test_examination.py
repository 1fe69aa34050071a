"""Whatever comes back, each check has an outcome of its own: a class goes on."""

import warnings

import numpy as np
import pytest

from grader.brick import Brick
from grader.diagnosis.explanation import explanation
from grader.examine import Examination
from grader.judge import judge
from grader.outcome import Crashed, Fault, NotWritten, Passed, Skipped
from grader.probe import Loaded, Returned
from grader.report.check_report import check_report
from grader.report.text import explain
from grader.result import Result
from grader.source import Source

RNG = np.random.default_rng(5)
WANTED = {
    "a number": np.array(1.5),
    "a vector": RNG.normal(size=5),
    "a matrix": RNG.normal(size=(3, 4)),
    "a square": RNG.normal(size=(4, 4)),
    "images": RNG.normal(size=(2, 5, 5, 3)),
    "zeros": np.zeros((3, 4)),
    "labels": RNG.integers(0, 9, size=6),
    "truths": np.array([True, False, True, True]),
}
STRANGE = {
    "tiny": lambda want: want * 1e-310,
    "the largest": lambda want: np.sign(want) * 1.7e308,
    "the smallest": lambda want: np.full(want.shape, 5e-324),
    "of both signs": lambda want: np.resize([1e308, -1e308], want.shape),
    "short floats": lambda want: want.astype(np.float16),
    "unsigned": lambda want: np.full(want.shape, 2**64 - 1, np.uint64),
    "signed": lambda want: np.full(want.shape, -(2**63), np.int64),
    "another axis": lambda want: want[..., np.newaxis],
    "nothing": lambda want: np.zeros(0),
    "thirty axes": lambda want: np.zeros((1,) * 30),
    "no numbers": lambda want: np.full(want.shape, np.nan),
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE.keys())
@pytest.mark.parametrize("want", WANTED.values(), ids=WANTED.keys())
def test_numbers_of_any_size_are_judged_and_told_without_a_warning(want, strange):
    got = np.asarray(strange(want.astype(np.float64)))
    check = Brick("toy", 1, "Toy").check("f", points=1, called="f(x)", hint="")(values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        returned, expected = Returned({"f": got}), {"f": want}
        outcome = judge(check, returned, expected)
        for n_samples in (None, 1, 3):
            if not isinstance(outcome, Passed):
                why = explanation(check, outcome, returned, expected, n_samples, None)
                assert explain(check_report(Result(check, outcome, {}, why=why)))


@pytest.fixture
def examined(course):
    def examined(place):
        own = Source("neuron", "neuron.py", b"")
        return list(Examination(course, "neuron", [own], place, None, 1))

    return examined


def test_a_check_that_is_answered_by_nothing_is_a_crash_of_the_code(examined, answers):
    came = {type(result.outcome) for result in examined(answers(Loaded()))}
    assert came == {Crashed, Skipped}


def test_what_the_kit_fails_on_is_its_fault_in_that_check(examined, answers):
    first, *_ = examined(answers(ValueError("a defect \x1b[2J of ours")))
    assert first.outcome == Fault("ValueError: a defect  of ours")


def values(toy):
    return {}


STUB = b'''
def keras_neuron(n_inputs):
    """Not yet."""
    raise NotImplementedError("keras_neuron")
'''


def test_a_stub_ends_a_keras_check_before_its_probe_runs_and_other_code_does_not(course, answers):
    """The probe may import Keras before it calls the student's function."""
    [check] = [check for check in course.bricks["neuron"].checks.values() if check.keras]

    def outcome(code):
        came = answers(Crashed("the probe ran"))
        examination = Examination(
            course, "neuron", [Source("neuron", "neuron.py", code)], came, None, 1
        )
        for need in check.needs:
            needed = examination.brick.checks[need]
            examination._ran[need] = Result(needed, Passed(), {})
        return examination.result(check.name).outcome

    assert outcome(STUB) == NotWritten("keras_neuron")
    for code in (
        STUB.replace(b"raise", b"n_inputs.real\n    raise"),
        STUB + b"keras_neuron = lambda n_inputs: None\n",
        STUB + b"from mine import written as keras_neuron\n",
        b"def keras_neuron(n_inputs):\n    return n_inputs.layers\n",
    ):
        assert outcome(code) != NotWritten("keras_neuron")
