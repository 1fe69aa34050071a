"""Pictures are made of what a student's code returned, and say what that code is worth."""

import re

import pytest

from grader.content import CourseError
from grader.selfcheck.show import show_brick

PNG = "data:image/png;base64,"


def shown(toy, code=None, pictures=None):
    """The page of the toy's brick."""
    if code is not None:
        (toy.exercises / "doubling.py").write_text(code)
    if pictures is not None:
        (toy.exercises / "show_doubling.py").write_text(pictures)
    assert show_brick(toy, "doubling") == 0
    return (toy.root / "shown" / "doubling.html").read_text(encoding="utf-8")


def test_the_picture_has_the_numbers_of_the_students_own_values(toy, capsys):
    page = shown(toy)
    assert page.count(PNG) == 1 and 'alt="A line."' in page
    assert "The line rises to 8.0. It is steep." in page
    assert 'class="said"' not in page
    said = capsys.readouterr().out
    assert said.splitlines()[0] == "  Twice as much"
    assert said.splitlines()[1].startswith("doubling: ")


def test_a_picture_of_wrong_code_is_drawn_with_the_verdict_beside_it(toy):
    page = shown(toy, "def double(x):\n    return 3 * x\n")
    assert page.count(PNG) == 1 and "The line rises to 12.0." in page
    assert "Not right yet: double. What you see is what your code does." in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def double(x):\n    raise NotImplementedError\n", "This picture waits for double."),
        ("def double(x):\n    return x / 0\n", "Not right yet: double."),
        ("def double(x):\n    return 'a' * 3\n", "Not right yet: double."),
        ("def double(x):\n    return [x, x]\n", "Not right yet: double."),
        ("def double(x:\n", "exercises/doubling.py does not load"),
        ("other = 1\n", "Not right yet: double."),
    ],
)
def test_where_nothing_can_be_drawn_it_says_why(toy, code, words):
    page = shown(toy, code)
    assert PNG not in page or "return [x" in code
    assert words in page


def test_a_fault_of_a_drawing_is_ours(toy):
    file = (toy.exercises / "show_doubling.py").read_text()
    page = shown(toy, pictures=file.replace("figure.subplots()", "figure.nothing()"))
    assert PNG not in page
    assert "The kit could not draw this: that is our fault." in page


def test_a_students_words_are_no_html(toy):
    page = shown(toy, "def double(x):\n    raise ValueError('<img src=x>')\n")
    assert "<img src=x>" not in page
    assert re.search(r'Content-Security-Policy" content="default-src &#39;none&#39;', page)


def test_pictures_of_another_part_or_of_no_brick_are_refused(toy):
    file = (toy.exercises / "show_doubling.py").read_text()
    (toy.exercises / "show_doubling.py").write_text(file.replace('("double",)', '("treble",)'))
    with pytest.raises(CourseError, match="'treble', which is no part"):
        show_brick(toy, "doubling")
    (toy.exercises / "show_doubling.py").unlink()
    with pytest.raises(CourseError, match="doubling has no pictures"):
        show_brick(toy, "doubling")
    with pytest.raises(CourseError, match="There is no brick 'halving': doubling"):
        show_brick(toy, "halving")


def test_the_board_names_a_picture_once(toy, pytester_of):
    first, second = pytester_of(toy), pytester_of(toy)
    assert "worth a look: bricks show doubling   (Twice as much)" in first
    assert "worth a look" not in second


def test_the_board_names_no_picture_of_a_part_that_is_wrong(toy, pytester_of):
    (toy.exercises / "doubling.py").write_text("def double(x):\n    return x\n")
    assert "worth a look" not in pytester_of(toy)
