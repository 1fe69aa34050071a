"""What the numbers of a wrong answer say, where no known misconception answers so."""

import numpy as np
import pytest

from grader.brick import Brick
from grader.check import ASIDE, SLOPE
from grader.diagnosis.causes import measured_cause
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


def test_that_it_is_once_what_it_should_be_is_never_said():
    """As with an epsilon in a denominator, which changes each row by another factor."""
    e = np.exp(RNG.normal(size=(5, 5)))
    rows = e.sum(axis=1, keepdims=True)
    for epsilon in (1e-3, 3e-3):
        assert said(e / (rows + epsilon), e / rows) is None
    assert said(MATRIX * 0.9995) == "every entry is 0.9995 times what it should be"
    assert said(MATRIX * (255 / 256)) == "every entry is 0.9961 times what it should be"


def test_a_constant_ratio():
    assert said(-MATRIX) == "the sign is the other way round"
    assert said(MATRIX * 2) == "every entry is 2 times what it should be"
    assert said(MATRIX / 3) == "every entry is 1/3 of what it should be"
    assert "each of the 7 samples counted in full" in said(MATRIX * 7, n=7)
    assert "divided by the 7 samples once too often" in said(MATRIX / 7, n=7)


def test_a_single_number_shows_only_factors_that_chance_does_not_give():
    assert "each of the 7 samples counted in full" in said(2.1, 0.3, n=7)
    assert "divided by the 7 samples once too often" in said(0.3, 2.1, n=7)
    assert said(-2.1, 2.1) == "the sign is the other way round"
    assert said(2.1, 0.3, n=6) is None
    assert said(2.1001, 0.3, n=7) is None
    three = np.array([0.266, -0.124, -0.142])
    assert said(three / 3, three) == "every entry is 1/3 of what it should be"
    assert said(three / 3 + [0, 1e-5, 0], three) is None


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


def of_shapes(got, want):
    got, want = np.asarray(got), np.asarray(want)
    outcome = WrongShape("y", got.shape, want.shape)
    return explain_numbers(outcome, None, Returned({"y": got}), {"y": want})


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        (MATRIX.T, MATRIX, "reverse order"),
        (MATRIX[:4, :2], MATRIX, "1 at the end of axis 0 and 1 at the end of axis 1 are missing"),
        (np.vstack([MATRIX, MATRIX[:1]]), MATRIX, "1 at the end of axis 0 are too many"),
        (np.pad(MATRIX, 1), MATRIX, "the right array stands inside it, from [1, 1] on"),
        (np.pad(MATRIX, ((1, 2), (0, 0))), MATRIX, "the right array stands inside it, from [1, 0]"),
        (IMAGES.transpose(0, 2, 1, 3), IMAGES, "another order"),
        (MATRIX[:, :1], MATRIX[:, 0], "axes of length 1"),
        (MATRIX.sum(), MATRIX, "the sum of all 15 numbers"),
        (MATRIX.mean(axis=1), MATRIX, "the mean of the right array along axis 1"),
        (MATRIX, MATRIX.sum(axis=0), "the sum along its axis 0 would be right"),
        (MATRIX[:, 0], MATRIX[:, 0].mean(), "the mean of these 5 numbers"),
        (MATRIX.ravel(), MATRIX, "right and in the right order"),
    ],
)
def test_what_a_wrong_shape_says_if_its_entries_say_it_too(got, want, words):
    assert words in of_shapes(got, want)
    assert of_shapes(np.asarray(got) + RNG.normal(size=np.shape(got)), want) is None


def test_a_shape_without_entries_says_nothing():
    assert explain_numbers(WrongShape("y", (3, 5), (5, 3)), None) is None
    assert of_shapes(np.zeros(()), np.zeros(5)) is None
    assert of_shapes(MATRIX.reshape(3, 5), MATRIX) == (
        "the numbers are right and in the right order; only the shape is another"
    )


def cause(outcome, returned=None, expected=None, **inputs):
    return measured_cause(outcome, Returned(returned or {}), expected or {}, inputs)


def test_what_a_step_did_is_measured_against_where_it_started():
    start, gradient = np.array([1.0, 2.0, -3.0]), np.array([0.5, -0.25, 1.0])
    right = start - 0.3 * gradient

    def said(got, start=start):
        return cause(
            WrongValue("kernel after it", got, right, (0,), 1),
            kernel=start,
            learning_rate=0.3,
            x=np.ones((7, 3)),
        )

    assert "is learning_rate = 0.3 used?" in said(start - gradient)
    assert "3 times too far, as if once for each of the 3 inputs" in said(start - 0.9 * gradient)
    assert "uphill" in said(start + 0.3 * gradient)
    assert said(start) == "it did not move"
    assert said(start - 0.45 * gradient) is None
    assert said(start - gradient, start + 1) is None


def test_a_changed_argument_is_told_apart_from_what_a_call_changed():
    def said(name, **inputs):
        return cause(WrongValue(f"{name} after the call", SQUARE, SQUARE + 1, (0, 0), 1), **inputs)

    assert said("z", z=SQUARE).startswith("the call changed its argument z")
    assert said("kernel") == "the call changed kernel, which it must leave as it was"


def test_values_in_another_order_are_named_only_where_all_are_right_then():
    expected = {"d_kernel": MATRIX, "d_bias": MATRIX[0]}
    outcome = WrongShape("d_kernel", (3,), (5, 3))
    swapped = {"d_kernel": MATRIX[0], "d_bias": MATRIX}
    assert "(d_bias, d_kernel) came back" in cause(outcome, swapped, expected)
    assert cause(outcome, {**swapped, "d_bias": MATRIX + 1}, expected) is None


@pytest.mark.parametrize("name", ["softmax", "sigmoid", "negative"])
def test_a_step_that_is_missing_is_named_where_it_gives_the_expected_array(name):
    e = np.exp(MATRIX)
    right = {
        "softmax": e / e.sum(axis=1, keepdims=True),
        "sigmoid": e / (1 + e),
        "negative": np.maximum(MATRIX, 0),
    }[name]
    assert name in cause(wrong(MATRIX, right))
    assert cause(wrong(MATRIX + 0.01 * SQUARE[0, 0], right + 0.1)) is None


def test_a_factor_is_said_of_no_array_of_zeros_but_for_one_entry():
    want = np.array([1.27, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert explain_numbers(wrong(0.9354 * want, want), None) is None
    assert "0.9354 times" in explain_numbers(wrong(0.9354 * MATRIX, MATRIX), None)


def test_a_shape_of_an_input_is_named():
    outcome = WrongShape("d_bias", (5, 3), (3,))
    assert cause(outcome, x=MATRIX) == "it has the shape of x"
    assert cause(outcome, x=MATRIX, y=MATRIX) is None


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


def test_a_slope_that_is_not_what_is_expected_is_not_shown():
    got = MATRIX.copy()
    got[3, 1] += 0.1 * np.abs(MATRIX).max()
    of_another_loss = Returned({"y": got, SLOPE + "y": got})  # as where x was changed on the way
    assert slope_at_worst(wrong(got, MATRIX), of_another_loss) is None


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
