"""What a student's process vouches for earns nothing: one file, copied as any brick, has 0 points.

The file makes up what a check believes that does not know the answer. So each such check needs one
that does; without that need the same file would have its points.
"""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import PUBLIC_SEED
from grader.examine import Examination
from grader.follow_through import FollowThrough, reference_functions
from grader.live import LiveExpected
from grader.outcome import Fault, Passed, WrongType, WrongValue
from grader.runner.process import Process
from grader.sandbox import levels
from grader.sandbox.levels import BASIC, KERNEL
from grader.source import Source

TRICKS = Path(__file__).parents[2] / "hostile" / "tampering"
FORGERS = ["forger", "forged_state"]
BRICKS = ["neuron", "layer", "mlp", "convolution", "cnn", "training", "features", "transfer"]
# Checks that the forger's values satisfy, but for what they need.
BELIEVING = {
    "neuron/start": FORGERS,
    "neuron/fit_takes_every_sample": ["forger"],
    "neuron/fit_follows_its_seed": ["forger"],
    "neuron/logic": ["forger"],
    "layer/start": FORGERS,
    "layer/model_start": FORGERS,
    "layer/fit_takes_every_sample": ["forger"],
    "mlp/start": FORGERS,
    "mlp/fit_takes_every_sample": ["forger"],
    "mlp/fit_follows_its_seed": ["forger"],
    "mlp/exclusive_or": ["forger"],
    "convolution/start": FORGERS,
    "cnn/start": FORGERS,
    "cnn/fit_takes_every_sample": ["forger"],
    "cnn/fit_follows_its_seed": ["forger"],
    "training/gradients_of_your_mlp": ["forger"],
    "training/dense_layer_saved_and_loaded": ["forger"],
    "training/dense_layer_start": ["forger"],
    "training/train_batches": ["forger"],
    "features/every_step_counts": ["forger"],
    "transfer/a_head_for_other_classes": ["forger"],
    "transfer/first_the_head_then_the_body": ["forger"],
}

# Checks that believed it, and now compare what only the work gives.
NO_LONGER_BELIEVING = [
    "training/keras_train_keeps_the_best",
    "transfer/the_body_is_in_it",
    "transfer/training_leaves_the_body",
    "transfer/training_leaves_batch_statistics",
    "transfer/the_given_model_learns",
    "transfer/the_body_moves_a_little",
]


@pytest.fixture(params=[BASIC, KERNEL])
def place(request, need):
    """One for each test: at `basic` what a file changes in its process stays changed."""
    if request.param != BASIC:
        need(request.param)
    with closing(levels.unmeasured(request.param)) as place:
        yield place


@pytest.fixture(scope="module")
def expected_values(course):
    with closing(Process()) as process:
        yield LiveExpected(course, process)


@pytest.fixture
def examined(course, place, expected_values):
    """examined(brick, code): the examination of that code, on the reference's predecessors."""

    def examined(brick, code):
        *before, _ = course.reference(brick)
        sources = [*before, Source(brick, f"{brick}.py", code)]
        return Examination(course, brick, sources, place, expected_values, PUBLIC_SEED)

    return examined


@pytest.mark.long
def test_an_honest_model_is_rebuilt_where_the_forgers_are_not_believed(course, examined):
    """Otherwise nothing would be believed there."""
    results = examined("cnn", course.reference("cnn")[-1].code)
    for name in ("parameters_are_few", "training_changes_the_model"):
        assert isinstance(outcome := results.result(name).outcome, Passed), outcome


@pytest.mark.long
@pytest.mark.parametrize("brick", BRICKS)
@pytest.mark.parametrize("forger", FORGERS)
def test_one_file_copied_as_any_brick_earns_nothing(course, examined, forger, brick):
    """In grading too, where parts that are wrong are judged on the reference's version of these."""
    examination = examined(brick, (TRICKS / f"{forger}.py").read_bytes())
    functions = reference_functions(course, brick)
    results = [*examination, *FollowThrough(examination, functions, located=False)]
    assert {result.check.id: result.points for result in results if result.points} == {}
    assert [result for result in results if isinstance(result.outcome, Fault)] == []


@pytest.mark.long
@pytest.mark.parametrize(
    "forger, check", [(forger, check) for check, forgers in BELIEVING.items() for forger in forgers]
)
def test_what_it_makes_up_would_be_believed(course, examined, monkeypatch, forger, check):
    """Otherwise the test above would show nothing."""
    brick, name = check.split("/")
    checks = course.bricks[brick].checks
    assert checks[name].needs
    monkeypatch.setitem(checks, name, replace(checks[name], needs=()))
    outcome = examined(brick, (TRICKS / f"{forger}.py").read_bytes()).result(name).outcome
    if forger == "forged_state":  # all but the state, which NumPy told before it was changed
        assert isinstance(outcome, WrongValue), outcome
        assert outcome.name == "np.random's global state is left alone"
    else:
        assert isinstance(outcome, Passed), outcome


@pytest.mark.long
@pytest.mark.parametrize("check", NO_LONGER_BELIEVING)
def test_what_it_makes_up_is_not_believed_without_a_voucher_either(
    course, examined, monkeypatch, check
):
    """So one part that is right does not bring the points of the others."""
    brick, name = check.split("/")
    checks = course.bricks[brick].checks
    assert not checks[name].vouched_by
    monkeypatch.setitem(checks, name, replace(checks[name], needs=()))
    outcome = examined(brick, (TRICKS / "forger.py").read_bytes()).result(name).outcome
    assert isinstance(outcome, (WrongValue, WrongType)), outcome
