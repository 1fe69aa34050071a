"""The MLP's pictures show what they say."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def drawn(pictures_of):
    return pictures_of("mlp")


@pytest.mark.long
def test_all_are_drawn_with_two_sentences_each(drawn):
    assert drawn.made
    assert drawn.faults() == []


def test_a_straight_line_parts_xor_among_the_hidden_units(drawn):
    values = drawn.values["xor"]
    x = np.column_stack([values["hidden"], np.ones(4)])
    line = np.linalg.lstsq(x, [-1, 1, 1, -1], rcond=None)[0]
    assert (x @ line > 0).tolist() == [False, True, True, False]
    assert drawn.numbers["xor"]["correct"] == 4


def test_hidden_units_answer_to_more_than_one_digit(drawn):
    numbers = drawn.numbers["units"]
    assert numbers["several"] > numbers["shown"] / 2


def test_the_validation_loss_turns_on_few_digits_and_the_gap_closes_with_many(drawn):
    numbers = drawn.numbers["overfitting"]
    assert numbers["few_unseen"] > 1.1 * numbers["least"]
    few = numbers["few_unseen"] - numbers["few_seen"]
    many = numbers["many_unseen"] - numbers["many_seen"]
    assert many < 0.5 * few


def test_the_turn_of_the_validation_loss_is_seen(drawn):
    """The lowest of the losses on few digits is not the first that is drawn."""
    draw = drawn.made[2].picture.check.probe.__globals__
    validation = drawn.values["overfitting"][f"loss on {draw['FEW']}"][:, 1]
    assert len(validation) == len(draw["MEASURED"])
    lowest = int(validation.argmin())
    assert draw["MEASURED"][lowest] > 100
    assert validation[draw["MEASURED"].index(100)] > 1.1 * validation[lowest]
