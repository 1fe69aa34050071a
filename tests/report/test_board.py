"""The board names one thing to do next, and what else ends for the same reason."""

import numpy as np

from grader.diagnosis.explanation import Explanation
from grader.outcome import Line, Raised, WrongShape, WrongValue
from grader.report.board import board, board_entry
from grader.report.check_report import check_report
from grader.report.text import explain, next_to_do
from grader.result import Result

LINE = Line("layer.py", 12, "backward", "return self.x.T @ d_out")
ERROR = Raised("AttributeError", "'Dense' object has no attribute 'x'", (LINE,), "`x` is not set")


def entries(course, *results):
    checks = course.bricks["layer"].checks
    return [
        board_entry(check_report(Result(checks[name], outcome, {}, same_as=same)), (2, i), 20, [])
        for i, (name, outcome, same) in enumerate(results)
    ]


def text(entries):
    return " ".join(" ".join(line for line, _ in board(entries)).split())


def next_of(course, name, outcome, **why):
    result = Result(course.bricks["layer"].checks[name], outcome, {}, why=Explanation(**why))
    return next_to_do(check_report(result))


def test_a_cause_that_is_known_stands_in_place_of_what_came_back(course):
    wrong = WrongValue("bias", np.zeros(2), np.ones(2), (0,), 2)
    assert next_of(course, "one_step", wrong, cause="it did not move") == "it did not move"


def test_what_is_known_of_a_shape_stands_in_place_of_a_hint_on_values(course):
    wrong = WrongShape("history", (3,), (2,))
    assert next_of(course, "fit_history", wrong, numbers="1 too many") == "1 too many"
    hint = course.bricks["layer"].checks["fit_history"].hint
    assert next_of(course, "fit_history", wrong) == hint


def test_the_checks_that_share_an_exception_are_listed_once(course):
    same = "Dense.backward (gradient_of_x)"
    said = text(
        entries(
            course,
            ("gradient_of_x", ERROR, ""),
            ("gradient_of_kernel", ERROR, same),
            ("one_step", ERROR, same),
        )
    )
    assert "next: layer / Dense.backward (gradient_of_x)" in said
    assert "The same error ends Dense.backward, Dense.step." in said
    assert "no attribute 'x'" in said
    assert course.bricks["layer"].checks["gradient_of_x"].hint not in said


def test_a_message_that_repeats_an_exception_names_the_first_and_gives_no_hint(course):
    check = course.bricks["layer"].checks["gradient_of_kernel"]
    same = "Dense.backward (gradient_of_x)"
    said = " ".join(explain(check_report(Result(check, ERROR, {}, same_as=same))).split())
    assert "the same as in Dense.backward (gradient_of_x): AttributeError, line 12" in said
    assert "think" not in said
    assert check.hint not in said


def test_a_hint_stands_under_what_is_next_where_nothing_better_is_known(course):
    check = course.bricks["layer"].checks["softmax_rows"]
    said = text(entries(course, ("softmax_rows", WrongShape("softmax(z)", (3,), (3, 4)), "")))
    assert check.hint in said
