"""The neuron's pictures show what they say."""

import numpy as np
import pytest

from grader.pictures.making import gallery_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def drawn(pictures_of):
    return pictures_of("neuron")


def test_all_are_drawn_with_two_sentences_each(drawn):
    assert drawn.made
    assert drawn.faults() == []


def test_the_list_is_the_image_row_by_row(drawn):
    (vector,), (image,) = drawn.values["numbers"]["vectors"], drawn.inputs["numbers"]["images"]
    assert np.allclose(255 * vector.reshape(28, 28), image)
    numbers = drawn.numbers["numbers"]
    assert (numbers["n"], numbers["low"], numbers["high"]) == (784, 0, 1)


def test_a_line_parts_and_and_or_but_not_xor(drawn):
    right = drawn.numbers["lines"]
    assert (right["AND"], right["OR"]) == (4, 4)
    assert right["XOR"] < 4


def test_the_weights_become_the_difference_of_an_eight_and_a_three(drawn):
    numbers = drawn.numbers["weights"]
    assert abs(numbers["first"]) < 0.2
    assert numbers["last"] > 0.6
    assert numbers["right"] > 93


def test_the_loss_falls_and_right_answers_follow(drawn):
    values = drawn.values["learning"]
    assert np.all(np.diff(values["history"]) < 0)
    assert values["unseen"][0] < 0.7
    assert values["unseen"][-1] > 0.93


def test_the_caption_is_true_of_each_digit(course):
    picture = gallery_of(course, "neuron", 7).pictures["numbers"]
    assert " 3 " not in picture.caption + picture.alt
