"""What the pictures of training show is so."""

import numpy as np
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.long]


@pytest.fixture(scope="module")
def drawn(pictures_of):
    return pictures_of("training")


def test_all_pictures_can_be_shown(drawn):
    assert [one.picture.name for one in drawn.made] == ["race", "dropout_or_not"]
    assert drawn.faults() == []


def test_momentum_and_adam_are_nearer_than_plain_descent(drawn):
    numbers = drawn.numbers["race"]
    assert numbers["plain"] > 2 * numbers["momentum"]
    assert numbers["plain"] > 2 * numbers["adam"]


def test_plain_descent_jumps_across_the_valley_and_adam_goes_diagonally(drawn):
    values = drawn.values["race"]
    across = np.sign(values["path of plain"][:10, 1])
    assert np.all(across[1:] != across[:-1])
    moved = values["path of Adam"][1] - values["path of Adam"][0]
    assert np.allclose(np.abs(moved), 0.35, rtol=0.01)


def test_dropout_helps_where_there_are_few_digits(drawn):
    numbers = drawn.numbers["dropout_or_not"]
    few = {name: numbers[f"few_{name}"] for name in ("without", "without_least", "with")}
    assert few["without"] > 1.03 * few["without_least"]
    assert few["with"] < few["without"]
