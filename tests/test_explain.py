"""What the numbers of a wrong answer say, where no known misconception answers so."""

import numpy as np
import pytest

from grader.check import ASIDE, SLOPE, Brick
from grader.diagnosis.explanation import (
    explain_numbers,
    explanation,
    first_departure,
    note_of,
    slope_at_worst,
)
from grader.note import NOTE, from_text
from grader.outcome import NotFinite, WrongShape, WrongValue
from grader.probe import Returned
from grader.report.drawing import drawing

RNG = np.random.default_rng(3)
MATRIX = RNG.normal(size=(5, 3))
SQUARE = RNG.normal(size=(4, 4))
IMAGES = RNG.normal(size=(2, 6, 5, 3))


def wrong(got, want):
    got, want = np.asarray(got), np.asarray(want)
    error = np.abs(got - want)
    worst = np.unravel_index(np.argmax(error), error.shape)
    return WrongValue("y", got, want, tuple(map(int, worst)), int(np.sum(error > 1e-6)))


def said(got, want=MATRIX, n=None):
    return explain_numbers(wrong(got, want), n)


def test_a_constant_ratio():
    assert said(-MATRIX) == "the sign is the other way round"
    assert said(MATRIX * 2) == "every entry is 2 times what it should be"
    assert said(MATRIX / 3) == "every entry is 1/3 of what it should be"
    assert "each of the 7 samples counted in full" in said(MATRIX * 7, n=7)
    assert "divided by the 7 samples twice" in said(MATRIX / 7, n=7)


def test_a_constant_difference_and_a_constant_answer():
    assert said(MATRIX + 0.5) == "every entry is too large by the same 0.5"
    assert said(np.zeros((5, 3))) == "every entry is 0"


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        (SQUARE.T, SQUARE, "right after transposing"),
        (np.flip(MATRIX, 0), MATRIX, "reversed along axis 0"),
        (np.flip(IMAGES, (0, 1)), IMAGES, "reversed along both of its first axes"),
        (np.roll(MATRIX, 1, 0), MATRIX, "shifted by one along axis 0"),
        (RNG.permutation(MATRIX.ravel()).reshape(5, 3), MATRIX, "stand in other places"),
    ],
)
def test_right_numbers_in_other_places(got, want, words):
    assert words in said(got, want)


def test_right_but_for_one_row_column_or_the_border():
    row, column, image, border = (MATRIX.copy(), MATRIX.copy(), IMAGES.copy(), IMAGES.copy())
    row[2] = 9.0
    column[:, 2] *= 1.5
    image[:, 5] = 0.0
    border[:, 0], border[:, :, -1] = 0.0, 1.0
    assert said(row) == "it is right except for row 2"
    assert said(column) == "it is right except for column 2, the last"
    assert said(image, IMAGES) == "it is right except for index 5 of axis 1, the last"
    assert said(border, IMAGES) == "it is right inside and wrong at the border"


def test_of_noise_and_of_too_few_numbers_nothing_is_said():
    assert said(RNG.normal(size=(5, 3))) is None
    assert said([1.0, 3.0], [2.0, 6.0]) is None
    assert said(0.7, 0.2) is None
    assert explain_numbers(NotFinite("y", (0,), np.nan, 1), None) is None


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        ((3, 5), (5, 3), "reverse order"),
        ((4, 2), (5, 3), "one too few along axis 0 and 1"),
        ((6, 3), (5, 3), "one too many along axis 0"),
        ((2, 5, 6, 3), (2, 6, 5, 3), "another order"),
        ((5, 1), (5,), "axes of length 1"),
        ((), (5,), "a single number"),
        ((5,), (5, 3), "axis 1, of length 3, is gone"),
        ((9, 9), (5, 3), None),
    ],
)
def test_what_a_wrong_shape_says(got, want, words):
    text = explain_numbers(WrongShape("y", got, want), None)
    assert words in text if words else text is None


def toy():
    brick = Brick("toy", order=1, title="Toy")
    return brick.check("f", points=1, called="f()", hint="Think.")(lambda toy: {})


def test_the_first_step_that_departs_is_named_shape_before_value():
    steps = {ASIDE + "h1": MATRIX, ASIDE + "h2": SQUARE, "y": MATRIX}
    late = Returned({**steps, ASIDE + "h2": SQUARE + 1, "y": -MATRIX})
    assert first_departure(toy(), late, steps).name == "h2"
    turned = Returned({**steps, ASIDE + "h1": MATRIX.T, ASIDE + "h2": SQUARE + 1})
    assert isinstance(first_departure(toy(), turned, steps), WrongShape)
    assert first_departure(toy(), Returned(steps), steps) is None


def test_the_slope_is_that_of_the_worst_entry():
    got = MATRIX.copy()
    got[3, 1] = 100.0
    returned = Returned({"y": got, SLOPE + "y": MATRIX * 1.001})
    outcome = wrong(got, MATRIX)
    assert slope_at_worst(outcome, returned) == MATRIX[3, 1] * 1.001
    why = explanation(toy(), outcome, returned, {"y": MATRIX}, None, None)
    assert why.slope == MATRIX[3, 1] * 1.001
    assert why.departs is None


def test_a_note_is_one_line_whatever_a_process_wrote():
    said = "a note\n" * 200
    assert note_of(Returned({NOTE: from_text(said)})) == "a note"
    assert len(note_of(Returned({NOTE: from_text("x" * 10**6)}))) == 300
    assert note_of(Returned({NOTE: np.array(7.5)})) is None


def test_small_arrays_are_drawn_side_by_side_with_points_where_they_are_right():
    got = np.array([[1.0, 2.0], [3.0, 5.0]])
    lines = drawing(got, np.array([[1.0, 2.0], [3.0, 4.0]]), 70)
    assert [line.split() for line in lines] == [
        ["yours", "expected", "difference"],
        ["1.000", "2.000", "1.000", "2.000", ".", "."],
        ["3.000", "5.000", "3.000", "4.000", ".", "+1.000"],
    ]
    assert lines[1].index("2.000") == lines[2].index("5.000")


def test_what_is_too_wide_stands_one_under_the_other_or_is_left_out():
    want = RNG.normal(size=(2, 6))
    lines = drawing(want + 1, want, 70)
    assert [line.split()[0] for line in lines[::2]] == ["yours", "expected", "difference"]
    assert max(map(len, lines)) <= 70
    assert drawing(np.ones((2, 30)), np.zeros((2, 30)), 70) == []
    assert drawing(np.ones((20, 2)), np.zeros((20, 2)), 70) == []
    assert drawing(np.ones((2, 3, 4)), np.zeros((2, 3, 4)), 70) == []
    assert drawing(np.ones(()), np.zeros(()), 70) == []


def test_an_image_of_one_channel_is_drawn_as_an_image():
    lines = drawing(np.ones((1, 3, 2, 1)), np.zeros((1, 3, 2, 1)), 70)
    assert [line.split() for line in lines[1:]] == [
        ["1.000", "1.000", "0.000", "0.000", "+1.000", "+1.000"]
    ] * 3


@pytest.mark.parametrize("kind", [bool, np.uint64, np.float32])
def test_any_kind_of_number_is_drawn(kind):
    got, want = np.array([0, 1, 1, 0], kind), np.array([0, 1, 0, 1], kind)
    assert "difference" in " ".join(drawing(got, want, 70))
