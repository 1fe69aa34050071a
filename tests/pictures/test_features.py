"""What the pictures of the hierarchy of features show is so."""

import numpy as np
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.long]

LEVELS = {"edge": (3, 1), "texton": (5, 1), "motif": (10, 2), "part": (20, 4), "object": (28, 4)}


@pytest.fixture(scope="module")
def drawn(pictures_of):
    return pictures_of("features")


def test_all_pictures_can_be_shown(drawn):
    assert [one.picture.name for one in drawn.made] == ["squares", "hierarchy", "climb", "evidence"]
    assert drawn.faults() == []


def test_receptive_fields_grow_to_the_whole_image(drawn):
    values = drawn.values["squares"]
    pairs = zip(values["sizes"].tolist(), values["steps"].tolist(), strict=True)
    assert list(pairs) == list(LEVELS.values())


def test_the_patches_of_each_level_are_as_large_as_what_its_units_see(drawn):
    values = drawn.values["hierarchy"]
    for level, (size, _) in LEVELS.items():
        assert values[f"patches of {level}"].shape == (10, 4, size, size, 1)
        assert values[f"wishes of {level}"].shape == (10, size, size, 1)


def alike(wishes, patches):
    """For each unit, how its wish correlates with the mean of its patches."""
    pairs = zip(wishes, patches.mean(axis=1), strict=True)
    return np.array([np.corrcoef(wish.ravel(), mean.ravel())[0, 1] for wish, mean in pairs])


def test_what_a_unit_likes_best_is_like_the_patches_that_excite_it(drawn):
    """More like its own than like those of the unit beside it."""
    values = drawn.values["hierarchy"]
    for level in ("texton", "motif", "part", "object"):
        wishes, patches = values[f"wishes of {level}"], values[f"patches of {level}"]
        own = alike(wishes, patches).mean()
        assert own > 0.1
        assert own > alike(wishes, np.roll(patches, 1, axis=0)).mean() + 0.1


def test_patches_get_richer_level_after_level(drawn):
    """A patch of more pixels holds more changes between dark and bright along its rows."""
    values = drawn.values["hierarchy"]
    changes = [
        np.abs(np.diff(values[f"patches of {level}"], axis=3)).sum(axis=(2, 3)).mean()
        for level in LEVELS
    ]
    assert changes == sorted(changes)
    assert changes[-1] > 5 * changes[0]


def test_the_objects_are_the_ten_digits(drawn):
    """The four images that excite unit 7 most are sevens, and so on."""
    patches, inputs = drawn.values["hierarchy"]["patches of object"], drawn.inputs["hierarchy"]
    found = [
        [
            int(inputs["labels"][(inputs["unseen"] == one).all(axis=(1, 2, 3)).argmax()])
            for one in row
        ]
        for row in patches
    ]
    assert found == [[digit] * 4 for digit in range(10)]


def test_the_wish_climbs_from_a_low_probability_to_a_high_one(drawn):
    p = drawn.values["climb"]["p"]
    assert p[:, 0].max() < 0.2
    assert p[:, -1].min() > 0.99
    assert drawn.numbers["climb"]["sure"] == 99


def test_an_answer_rests_on_a_few_places(drawn):
    values, numbers = drawn.values["evidence"], drawn.numbers["evidence"]
    p = values["occlusion"]
    assert p.shape == (7, 22, 22)
    assert values["saliency"].shape == (7, 28, 28)
    assert numbers["size"] == 7
    assert np.median(p, axis=(1, 2)).min() > 0.9  # most squares cost nothing
    assert numbers["left"] < 0.1
    lowest = p.min(axis=(1, 2)).argmin()
    assert numbers["few"] == (p[lowest] < 0.5).sum() < numbers["places"] / 5
    inputs = drawn.inputs["evidence"]
    assert numbers["label"] == inputs["labels"][values["shown"][lowest]]
    firmest = p.min(axis=(1, 2)).argmax()
    assert numbers["firm"] == inputs["labels"][values["shown"][firmest]]
    assert numbers["kept"] == p[firmest].min() > 0.5
