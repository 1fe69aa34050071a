"""What the pictures of the convolutional layer show is so."""

from contextlib import closing

import numpy as np
import pytest
from matplotlib.figure import Figure

from grader.course import CourseError
from grader.examiner import Examiner
from grader.pictures.making import gallery_of, made
from grader.runner.process import Process
from grader.submission import handed_from

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def drawn(pictures_of):
    return pictures_of("convolution")


@pytest.mark.long
def test_all_pictures_can_be_shown(drawn):
    assert [one.picture.name for one in drawn.made] == [
        "strides_and_padding",
        "pooled",
        "edges",
        "shift",
    ]
    assert drawn.faults() == []


def test_zeros_of_same_make_an_edge_all_around_and_with_stride_2_on_two_sides(drawn):
    numbers = drawn.numbers["strides_and_padding"]
    assert numbers["framed"] == "top, left, bottom, right"
    assert numbers["fewer"] == "bottom, right"
    sizes = [numbers[name].replace("\u00a0", " ") for name in ("valid", "same", "strided")]
    assert sizes == ["26 x 26", "28 x 28", "14 x 14"]


def test_the_student_chooses_the_digit(course):
    """Pixels of another digit, and a caption that is true of it."""
    seen = []
    with closing(Process()) as student, closing(Process()) as reference:
        handed = handed_from(course, course.solutions)
        examination = Examiner(course, reference).of_handed("convolution", handed, student)
        for digit in (3, 7):
            gallery = gallery_of(course, "convolution", digit)
            seen.append(gallery.pictures["pooled"].drawn(0, digit)["x"])
            assert [one.said for one in made(gallery, examination, digit)] == [""] * 4
    assert not np.array_equal(*seen)
    assert np.array_equal(seen[0], gallery.pictures["pooled"].drawn(0)["x"])


def test_where_no_picture_is_of_a_digit_it_says_so(course):
    with pytest.raises(CourseError, match="No picture of mlp is of one digit: leave the 7 out"):
        gallery_of(course, "mlp", 7)


def test_without_padding_no_edge_is_at_the_rim(drawn):
    rim = drawn.values["strides_and_padding"]["valid"][0, 0, :, 0]
    assert not rim.any()


def test_a_pooled_digit_keeps_its_ink(drawn):
    x, once = drawn.inputs["pooled"]["x"], drawn.values["pooled"]["once"]
    assert once.max() == x.max()
    assert drawn.numbers["pooled"] == {"a": 784, "b": 196, "c": 49, "d": 9}


def test_the_first_filter_answers_where_ink_begins_on_the_way_down(drawn):
    x, maps = drawn.inputs["edges"]["x"][0, :, :, 0], drawn.values["edges"]["maps"][0]
    for answers, change in (
        (maps[:, :, 0], x[2:, 1:-1] - x[:-2, 1:-1]),
        (maps[:, :, 1], x[1:-1, 2:] - x[1:-1, :-2]),
    ):
        assert np.corrcoef(answers.ravel(), change.ravel())[0, 1] > 0.9
    assert 50 < drawn.numbers["edges"]["quiet"] < 80


def test_the_map_moves_along_and_pooling_makes_the_move_matter_less(drawn):
    numbers = drawn.numbers["shift"]
    assert numbers["back"] == 0
    shares = [numbers[name] for name in ("edges", "two", "four", "eight")]
    assert shares == sorted(set(shares), reverse=True)
    assert shares[-1] < numbers["pixels"] / 2


def test_the_filter_that_goes_five_ways_is_shown(drawn):
    figure, picture = Figure(), drawn.made[0].picture
    picture.draw(figure, drawn.values["strides_and_padding"], drawn.inputs["strides_and_padding"])
    weights = [text.get_text() for text in figure.axes[1].texts]
    assert weights == ["-1", "-1", "0", "-1", "0", "1", "0", "1", "1"]
