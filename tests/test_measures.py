"""What a check's measure tells beside its values is shown as a cause, and only that."""

import numpy as np
import pytest

from grader.brick import Brick
from grader.diagnosis.exact import Diagnosis
from grader.diagnosis.explanation import explanation
from grader.measures import OWN_LABEL, own_labels, spread_of
from grader.misconception import Misconception
from grader.note import CAUSE, as_text, cause_of
from grader.outcome import WrongValue
from grader.probe import Returned

NO = WrongValue("right", np.array(False), np.array(True), (), 1)


def told(check, returned):
    expected = {"right": np.array(True)}
    return explanation(check, NO, Returned(returned), expected, None, None).cause


def toy(**options):
    brick = Brick("toy", order=1, title="Toy")
    return brick.check("f", points=1, called="f()", hint="Think.", **options)(lambda toy: {})


def test_a_cause_is_told_by_a_measure_and_never_by_what_the_students_process_returns():
    returned = {"right": np.array(False), **cause_of("right", "it is upside down")}
    assert told(toy(measure=lambda returned, inputs: returned), returned) == "it is upside down"
    assert told(toy(), returned) is None


def test_a_cause_is_that_of_the_value_that_is_wrong():
    returned = {"right": np.array(False), **cause_of("other", "it is upside down")}
    assert told(toy(measure=lambda returned, inputs: returned), returned) is None
    assert cause_of("right", "") == {}


def test_labels_that_parted_from_their_samples_are_counted():
    assert own_labels([1, 0, 2], [1, 0, 2]) == {OWN_LABEL: True}
    found = own_labels(np.array([1, 2, 0]), np.array([1, 0, 2]))
    assert found[OWN_LABEL] is False
    assert "2 of 3 samples" in as_text(found[CAUSE + OWN_LABEL])


@pytest.mark.parametrize(
    ("spread", "says"),
    [(1.0, ""), (1.05, ""), (2.02, "twice"), (0.5, "half"), (3.0, ""), (0.0, ""), (np.nan, "")],
)
def test_a_spread_is_named_where_it_is_that_of_one_mistake(spread, says):
    found = spread_of("spread", spread, 1.0, {"twice": 2.0, "half": 0.5})
    assert [as_text(it) for it in found.values()] == (
        [f"its spread is that of {says}"] * bool(says)
    )
    assert spread_of("spread", 2.0, 1.0, {"twice": 2.0, "two": 2.01}) == {}


def test_what_a_measure_tells_comes_before_a_guess_between_two():
    one, two = (Misconception(name, f"{name}.", "?", "model") for name in ("one", "two"))
    returned = Returned({"right": np.array(False), **cause_of("right", "it is upside down")})
    check = toy(measure=lambda returned, inputs: returned)
    expected = {"right": np.array(True), **cause_of("right", "told of the reference too")}
    why = explanation(check, NO, returned, expected, None, Diagnosis((one, two)))
    assert (why.diagnosis, why.cause, why.departs) == (None, "it is upside down", None)
    known = explanation(check, NO, returned, expected, None, Diagnosis((one,)))
    assert (known.diagnosis, known.cause) == (Diagnosis((one,)), None)


@pytest.mark.parametrize("brick", ["neuron", "mlp"])
def test_a_sample_that_moves_the_kernel_too_little_is_used_all_the_same(course, brick):
    check = course.bricks[brick].checks["fit_takes_every_sample"]
    inputs = check.draw(0)
    x, rate = inputs["x"], 0.002 * inputs["learning_rate"]  # as where the gradient lacks a factor
    if brick == "mlp":
        moved = x.T @ (rate * np.eye(len(x))[inputs["labels"]])
        after = {"kernel after 1 epoch": moved, "kernel after many": moved}
    else:
        moved = x.T @ (rate * (2.0 * inputs["labels"] - 1.0))
        after = {"kernel after 1 epoch": moved, "kernel after all epochs": moved}
    assert check.measure(after, inputs)["samples used in an epoch"] == len(x)
