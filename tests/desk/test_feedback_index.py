"""The page of `nbgrader generate_feedback` says whose it is, and each part's points."""

import re

import pytest

from grader.desk.feedback_index import with_index

HALF = {"double-solution": "def double(x):\n    return 3 * x"}


@pytest.mark.slow
def test_name_and_points_stand_in_title_heading_and_index(desk):
    desk.hand_in("ada", {**desk.RIGHT, **HALF})
    desk.hand_in("<b>ben", desk.RIGHT)
    assert desk.nbgrader("autograde", "toy") == 0
    desk.sql("update student set first_name='Ada', last_name='<i>Lovelace' where id='ada'")
    assert desk.nbgrader("generate_feedback", "toy") == 0
    page = desk.feedback("ada")
    assert "<title>Ada &lt;i&gt;Lovelace: toy</title>" in page
    assert "<h4>Ada &lt;i&gt;Lovelace: toy (Score: 4.0 / 5.0)</h4>" in page
    index = re.findall(r'<li><a href="#test-[\w-]+">(.*?)</a>: (.*?)</li>', page)
    assert index == [("double", "1 of 2"), ("Tripler.apply", "3 of 3")]
    assert "<title>&lt;b&gt;ben: toy</title>" in desk.feedback("<b>ben")


def test_what_a_student_wrote_is_not_taken_for_the_index():
    line = '<li><a href="#test-x">Test cell</a> (Score: 0.0 / 2.0)</li>'
    body = f"<h4>toy (Score: 1 / 2)</h4><ol>{line}</ol><ol>{line}</ol>"
    made = with_index(body, {"student": "ada", "notebook": "toy"})
    assert made == body.replace("<h4>", "<h4>ada: ").replace(line, line.replace(
        "Test cell</a> (Score: 0.0 / 2.0)", "x</a>: 0 of 2"), 1)  # fmt: skip
