"""A part of a brick as HTML: the same words as on the terminal, laid out by the browser."""

import html
import re

import numpy as np
import pytest

from grader.diagnosis.explanation import Explanation
from grader.outcome import Accuracy, Line, NotWritten, Passed, Raised, WrongValue
from grader.report.check_report import CheckReport
from grader.report.html import GREEN, GREY, RED, part_as_html, part_as_text

REACHED = Accuracy(0.95, 600, 0.9, 0.95, 0.01, 30)
GOT = np.array([[1.0, 2.0], [3.0, 5.0]])
WRONG = WrongValue("y", GOT, np.round(GOT * 0.9, 1), (1, 1), 4, ("z",))
CODE = "if a < b > c: raise ValueError('<b>')"


def check(outcome, **more):
    inputs = (("x", "(3, 4)"), ("labels", "= [1, 2]"))
    return CheckReport("mlp/values", "relu", 3, outcome, "relu(x) < 3", inputs, "Think.", **more)


CHECKS = [
    check(WRONG, explanation=Explanation(numbers="every entry is 1/2 of it")),
    check(Raised("ValueError", "<script>no</script>", (Line("mlp.py", 4, "relu", CODE),))),
    check(NotWritten("relu")),
    check(Passed()),
    check(Passed(REACHED)),
]


def words(page):
    return html.unescape(re.sub(r"<[^>]*>", " ", page)).split()


@pytest.mark.parametrize("one", CHECKS, ids=lambda one: type(one.outcome).__name__)
def test_the_words_are_those_of_the_plain_text(one):
    page, text = (
        part_as_html("mlp / relu", [one], "note"),
        part_as_text("mlp / relu", [one], "note"),
    )
    assert words(page) == text.split()
    assert "<script>" not in page and "<b>'" not in page


def test_a_drawing_keeps_its_columns():
    page = part_as_html("mlp / relu", CHECKS[:1])
    [drawn] = re.findall("<pre[^>]*white-space: pre;[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert drawn in part_as_text("mlp / relu", CHECKS[:1]).replace("\n    ", "\n")


def test_colours_tell_right_wrong_and_not_yet():
    for one, colour in zip(CHECKS, (RED, RED, GREY, GREEN, GREEN), strict=True):
        assert re.findall("solid (#\\w+)", part_as_html("t", [one])) == [colour]


def test_of_what_is_right_only_the_bar_is_told():
    assert part_as_text("t", [CHECKS[3]]) == "t: 3 of 3\n\nvalues: right"
    assert "the bar is 0.900" in " ".join(part_as_text("t", [CHECKS[4]]).split())
    assert "called" not in part_as_text("t", [CHECKS[4]])
