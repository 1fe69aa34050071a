"""What the pictures of transfer learning show is so."""

import runpy
from pathlib import Path

import numpy as np
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.long]


@pytest.fixture(scope="module")
def drawn(pictures_of):
    return pictures_of("transfer")


def test_all_pictures_can_be_shown(drawn):
    names = [one.picture.name for one in drawn.made]
    assert names == ["embeddings", "neighbours", "number_of_images"]
    assert drawn.faults() == []


def test_the_plane_is_that_of_the_principal_components(drawn):
    in_two_dimensions = drawn.made[0].picture.check.probe.__globals__["in_two_dimensions"]
    rows = np.random.default_rng(1).normal(size=(60, 5)) * [0.1, 9.0, 0.2, 0.3, 4.0]
    places, share = in_two_dimensions(rows)
    centred = rows - rows.mean(axis=0)
    assert np.allclose(np.abs(np.corrcoef(places[:, 0], centred[:, 1])[0, 1]), 1, atol=0.02)
    assert np.allclose(np.abs(np.corrcoef(places[:, 1], centred[:, 4])[0, 1]), 1, atol=0.02)
    assert 0.98 < share < 1


def test_new_digits_lie_nearer_to_their_like_by_embeddings_than_by_pixels(drawn):
    numbers = drawn.numbers["embeddings"]
    assert numbers["pixels"] + 2 < numbers["embeddings"]
    assert numbers["what"] == "digits"


def test_neighbours_read_most_digits_right(drawn):
    values, inputs = drawn.values["neighbours"], drawn.inputs["neighbours"]
    assert np.mean(values["labels"] == inputs["labels"]) > 0.9
    assert drawn.numbers["neighbours"]["right"] > 90


def test_with_few_images_the_trained_body_reads_more_than_training_from_scratch(drawn):
    numbers = drawn.numbers["number_of_images"]
    assert numbers["scratch"] + 3 < numbers["own"]
    values, labels = drawn.values["number_of_images"], drawn.inputs["number_of_images"]["labels"]
    transferred = np.mean(values["transferred"] == labels, axis=1)
    assert transferred[-1] > 0.94
    assert transferred[0] < transferred[-1]


def test_the_nearest_other_row_is_found_by_all_columns():
    file = Path(__file__).parents[2] / "exercises" / "show_transfer.py"
    nearest_others = runpy.run_path(str(file))["nearest_others"]
    rows = np.array([[0, 0, 0], [0, 5, 5], [1, 1, 1], [0, 5, 4]], np.float32)
    assert nearest_others(rows).tolist() == [2, 3, 0, 1]
