"""Right solutions in other styles than the reference have full marks: no check asks for a style.

tests/alternatives/<style>/<brick>.py are the solutions; each keeps the contract of its brick and
little else that the reference does. A style has the bricks that lie in its folder.
"""

from pathlib import Path

import pytest

from grader.course import PUBLIC_SEED
from grader.examine import Examination
from grader.live import LiveExpected
from grader.outcome import Passed
from grader.report.check_report import check_report
from grader.report.text import explain
from grader.runner.process import Process
from grader.source import Source, read_source

ALTERNATIVES = Path(__file__).parent / "alternatives"
CORE = ["neuron", "layer", "mlp", "convolution", "cnn"]
BRICKS = [*CORE, "training", "features", "transfer"]
IN_KERAS = ["training", "features", "transfer"]
DRAWN_IN_ALL_RESPECTS = ["neuron", "layer"]
OTHER_SEED = 2**127 + 9
TOO_SLOW_TOGETHER = {"lists"}  # its convolution, number by number, is no match for 3,000 digits
SOME_SEEDS = range(1, 4)


def written_in(*bricks, without=()):
    """Marks a test to run for each of these bricks in each style that has it."""
    found = [
        (path.parent.name, path.stem)
        for brick in bricks
        for path in sorted(ALTERNATIVES.glob(f"*/{brick}.py"))
        if path.parent.name not in without
    ]
    assert found
    return pytest.mark.parametrize("style, brick", found)


@pytest.fixture(scope="module")
def place():
    process = Process()
    yield process
    process.close()


@pytest.fixture(scope="module")
def expected_values(course):
    """One for all styles: the reference answers once."""
    process = Process()
    yield LiveExpected(course, process)
    process.close()


@pytest.fixture
def failures(course, place, expected_values):
    """Messages of the checks that a right solution fails; only of those that are asked for."""

    def failures(sources, seed, asked_for):
        brick = sources[-1].brick
        examination = Examination(course, brick, sources, place, expected_values, seed)
        checks = [check for check in course.bricks[brick].checks.values() if asked_for(check)]
        assert checks
        results = [examination.result(check.name) for check in checks]
        wrong = [result for result in results if not isinstance(result.outcome, Passed)]
        return "\n\n".join(explain(check_report(result)) for result in wrong)

    return failures


def numpy_alone(check):
    return not check.labels and not check.keras


def everything(check):
    return True


def bars_or_keras(check):
    """What `numpy_alone` leaves out, but the bar in Keras: it takes half a minute."""
    return bool(check.labels) != check.keras


def alternative(style, brick):
    return read_source(ALTERNATIVES / style / f"{brick}.py")


def on_references(course, style, brick):
    """As grading does: on the reference's predecessors."""
    return [*course.reference(brick)[:-1], alternative(style, brick)]


def on_its_own(course, style, brick):
    """On the predecessors in the same style."""
    return [alternative(style, name) for name in [*course.predecessors(brick), brick]]


@pytest.mark.long
@pytest.mark.parametrize("seed", [PUBLIC_SEED, pytest.param(OTHER_SEED, marks=pytest.mark.slow)])
@written_in(*CORE, "features", "transfer")
def test_right_values_in_any_style(course, failures, style, brick, seed):
    assert failures(on_references(course, style, brick), seed, numpy_alone) == ""


@pytest.mark.long
@written_in(*DRAWN_IN_ALL_RESPECTS)
def test_right_values_whatever_is_drawn(course, failures, style, brick):
    sources = on_references(course, style, brick)
    assert [failures(sources, seed, numpy_alone) for seed in range(1, 21)] == [""] * 20


@pytest.mark.long
@written_in(*BRICKS)
def test_full_marks_in_any_style(course, failures, style, brick):
    assert failures(on_references(course, style, brick), PUBLIC_SEED, everything) == ""


@pytest.mark.long
@written_in(*BRICKS)
def test_full_marks_with_another_seed(course, failures, style, brick):
    assert failures(on_references(course, style, brick), OTHER_SEED, bars_or_keras) == ""


@pytest.mark.slow
@pytest.mark.long
@written_in(*IN_KERAS)
def test_full_marks_whatever_is_drawn(course, failures, style, brick):
    sources = on_references(course, style, brick)
    found = [failures(sources, seed, bars_or_keras) for seed in SOME_SEEDS]
    assert found == [""] * len(SOME_SEEDS)


@written_in("mlp", "cnn")
def test_the_bricks_of_a_style_work_on_each_other(course, failures, style, brick):
    assert failures(on_its_own(course, style, brick), PUBLIC_SEED, numpy_alone) == ""


@pytest.mark.long
@written_in("mlp", "cnn", without=TOO_SLOW_TOGETHER)
def test_the_bricks_of_a_style_learn_together(course, failures, style, brick):
    def bar_in_numpy(check):
        return check.labels and not check.keras

    assert failures(on_its_own(course, style, brick), PUBLIC_SEED, bar_in_numpy) == ""


NOISE = """

import os, sys, warnings

_quiet_fit = Neuron.fit

def _fit(*arguments, **options):
    print("epoch ... " * 300_000)
    sys.stderr.write("a bar that moves\\r" * 200_000)
    os.write(1, b"past sys.stdout" * 200_000)
    os.write(2, b"past sys.stderr" * 200_000)
    warnings.warn("this may take some time")
    return _quiet_fit(*arguments, **options)

Neuron.fit = _fit
print("loaded " * 500_000)
warnings.warn("a warning while it loads")
"""


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: f"# -*- coding: latin-1 -*-\n# a été écrit\n{text}".encode("latin-1"),
        lambda text: (text + NOISE).encode(),
    ],
    ids=["byte-order mark", "CRLF", "Latin-1", "megabytes of prints and warnings"],
)
def test_a_right_file_is_right_however_it_is_written_and_whatever_it_prints(
    course, failures, rewrite
):
    text = alternative("einsum", "neuron").code.decode()
    sources = [Source("neuron", "neuron.py", rewrite(text))]
    assert failures(sources, PUBLIC_SEED, numpy_alone) == ""
