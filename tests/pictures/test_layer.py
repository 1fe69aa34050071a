"""The layer's pictures show what they say."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def drawn(pictures_of):
    return pictures_of("layer")


@pytest.mark.long
def test_all_are_drawn_with_two_sentences_each(drawn):
    assert drawn.made
    assert drawn.faults() == []


def test_the_first_loss_is_near_log_10(drawn):
    losses = drawn.values["first_loss"]["losses"]
    assert abs(losses[0] - np.log(10)) < 0.2
    assert losses[-20:].mean() < 0.5 * np.log(10)


def test_most_templates_look_like_their_own_digit(drawn):
    assert drawn.numbers["templates"]["own"] >= 8


def test_the_pair_that_is_named_is_misread_most_often(drawn):
    numbers = drawn.numbers["mistakes"]
    truth, values = drawn.inputs["mistakes"]["y_test"], drawn.values["mistakes"]
    wrong = values["read"] != truth
    assert numbers["wrong"] == wrong.sum() > 0
    pair = (truth == numbers["most"]) & (values["read"] == numbers["as_"])
    others = [
        np.sum((truth == a) & (values["read"] == b)) for a in range(10) for b in range(10) if a != b
    ]
    assert pair.sum() == numbers["times"] == max(others)
    assert numbers["most"] != numbers["as_"]
