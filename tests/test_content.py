"""The course's own content: what every brick promises."""

import subprocess
import sys
from dataclasses import replace

import pytest

from grader.brick import Brick
from grader.course import PUBLIC_SEED
from grader.examine import Examination
from grader.live import LiveExpected
from grader.outcome import Accuracy, NotWritten, Passed, Skipped
from grader.probe import Job
from grader.runner.keras_imports import needs_keras
from grader.runner.process import Process
from grader.source import read_source
from grader.submission import handed_from, sources_of

BRICKS = ["neuron", "layer", "mlp", "convolution", "cnn", "training", "features", "transfer"]


@pytest.fixture(scope="module")
def places():
    """Where the code under test runs, and where the reference does."""
    processes = Process(), Process()
    yield processes
    for process in processes:
        process.close()


@pytest.fixture
def examine(course, places):
    def examine(brick, sources, seed):
        student, reference = places
        examination = Examination(
            course, brick, sources, student, LiveExpected(course, reference), seed
        )
        return {result.check.name: result for result in examination}

    return examine


def test_the_bricks_stand_in_teaching_order(course):
    assert list(course.bricks) == BRICKS
    assert [brick.order for brick in course.bricks.values()] == [*range(1, len(BRICKS) + 1)]


def test_five_bricks_are_the_course_and_the_others_go_further(course):
    assert [name for name, brick in course.bricks.items() if not brick.further] == BRICKS[:5]


@pytest.mark.parametrize("name", BRICKS)
def test_each_brick_is_worth_20_points_and_each_check_has_what_it_needs(course, name):
    brick: Brick = course.bricks[name]
    assert brick.points == 20
    for check in brick.checks.values():
        assert check.points >= 1
        assert check.hint
        assert check.called
        assert check.limit >= (60 if check.keras else 10)


def test_every_bar_is_calibrated_with_its_evidence(course):
    bars = {c.id for brick in course.bricks.values() for c in brick.checks.values() if c.labels}
    assert set(course.bars) == bars
    for bar in course.bars.values():
        assert bar["seeds"] >= 30
        assert bar["bar"] < bar["minimum"]


@pytest.mark.long
@pytest.mark.parametrize("seed", [PUBLIC_SEED, 1, 2**127 + 9])
@pytest.mark.parametrize("brick", BRICKS)
def test_the_reference_has_full_marks_with_any_seed(course, examine, brick, seed):
    results = examine(brick, course.reference(brick), seed)
    assert [r for r in results.values() if not isinstance(r.outcome, Passed)] == []


@pytest.mark.parametrize("brick", BRICKS)
def test_a_blank_stub_has_no_point_with_any_seed(course, examine, brick):
    sources = sources_of(course, brick, handed_from(course, course.exercises))
    for seed in (PUBLIC_SEED, 5):
        results = examine(brick, sources, seed).values()
        assert sum(result.points for result in results) == 0
        assert {type(result.outcome) for result in results} <= {NotWritten, Skipped}


@pytest.mark.parametrize("brick", BRICKS)
def test_an_untouched_stub_does_not_wait_for_tensorflow(course, brick):
    barred = "import sys; sys.modules.update(keras=None, tensorflow=None)"
    code = f"{barred}; sys.path.insert(0, 'exercises'); import {brick}"
    subprocess.run([sys.executable, "-c", code], cwd=course.root, check=True)
    names = [*course.predecessors(brick), brick]
    sources = [read_source(course.exercises / f"{name}.py") for name in names]
    for check in course.bricks[brick].checks.values():
        assert not needs_keras(Job(check, course.checks_file(brick), tuple(sources), {}))


def test_labels_of_a_bar_are_not_shown_to_the_probe(course):
    for brick in course.bricks.values():
        for check in brick.checks.values():
            if check.labels:
                inputs = check.draw(PUBLIC_SEED)
                assert check.labels in inputs
                assert check.labels not in check.shown_to_probe(inputs)


def test_inputs_depend_on_the_seed_and_on_nothing_else(course):
    check = course.bricks["layer"].checks["forward_values"]
    assert (check.draw(3)["x"] == check.draw(3)["x"]).all()
    first = check.draw(3)["x"][0, :3]  # the sizes are drawn, too
    assert (first != check.draw(4)["x"][0, :3]).all()
    assert (first != check.draw(3, attempt=1)["x"][0, :3]).all()


@pytest.mark.slow
def test_a_passed_bar_carries_its_evidence(course, examine):
    results = examine("neuron", course.reference("neuron"), PUBLIC_SEED)
    reached = results["zeros_and_ones"].outcome.reached
    assert isinstance(reached, Accuracy)
    assert reached.share > reached.bar


@pytest.mark.slow
def test_a_brick_may_import_any_brick_before_it(course, examine):
    """A Conv2D may well inherit from Dense, though the convolution needs no layer."""
    *before, own = course.reference("convolution")
    code = own.code + b"\nfrom layer import Dense\nclass Conv2D(Conv2D, Dense):\n    pass\n"
    results = examine("convolution", [*before, replace(own, code=code)], PUBLIC_SEED)
    assert [r for r in results.values() if not isinstance(r.outcome, Passed)] == []
