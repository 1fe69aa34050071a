"""What the pictures of the convolutional network show is so."""

import numpy as np
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.long]


@pytest.fixture(scope="module")
def drawn(pictures_of):
    return pictures_of("cnn")


def test_all_pictures_can_be_shown(drawn):
    assert [one.picture.name for one in drawn.made] == ["filters", "maps", "race", "misread"]
    assert drawn.faults() == []


def test_filters_become_edge_detectors(drawn):
    numbers = drawn.numbers["filters"]
    assert numbers["before"] <= 1
    assert numbers["after"] >= 4


def test_likeness_is_1_for_a_slope_in_any_direction_and_0_for_a_spot(drawn):
    likeness = drawn.made[0].picture.check.probe.__globals__["likeness"]
    down = np.repeat([-1.0, 0.0, 1.0], 3).reshape(3, 3)
    spot = np.pad([[1.0]], 1)
    kernel = np.stack([down, down.T, -2 * down + down.T, spot], axis=-1)[:, :, np.newaxis]
    assert np.allclose(likeness(kernel), [1, 1, 1, 0])


def test_maps_are_those_of_the_filters_and_the_digit_is_read(drawn):
    values, numbers = drawn.values["maps"], drawn.numbers["maps"]
    assert values["maps"].shape == (1, 26, 26, 8)
    image, kernel = drawn.inputs["maps"]["unseen"][0, :, :, 0], values["kernel"][:, :, 0]
    one, other = (np.tensordot(image[row : row + 3, 12:15], kernel, axes=2) for row in (10, 14))
    difference = values["maps"][0, 10, 12] - values["maps"][0, 14, 12]  # without the biases
    assert np.allclose(difference, one - other)
    assert numbers["read"] == numbers["label"]


def test_on_the_same_digits_the_cnn_reads_best_and_the_layer_worst(drawn):
    numbers = drawn.numbers["race"]
    assert numbers["layer"] + 1 < numbers["mlp"]
    assert numbers["mlp"] + 1 < numbers["cnn"]
    assert (numbers["of_cnn"], numbers["of_mlp"]) == (13_610, 50_890)


def test_few_digits_are_misread_and_those_shown_are_the_surest(drawn):
    numbers, labels = drawn.numbers["misread"], drawn.inputs["misread"]["y_test"]
    probabilities = drawn.values["misread"]["probabilities"]
    wrong = probabilities.argmax(axis=1) != labels
    assert numbers["wrong"] == wrong.sum() < 0.04 * len(labels)
    surest = np.sort(probabilities[wrong].max(axis=1))[-numbers["shown"]]
    assert numbers["sure"] == round(100 * float(surest)) > 90
