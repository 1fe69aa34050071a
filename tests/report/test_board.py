"""The board names one thing to do next, and what else ends for the same reason."""

from grader.examine import Result
from grader.outcome import Line, Raised, WrongShape
from grader.report.board import board, board_entry
from grader.report.check_report import check_report
from grader.report.text import explain

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
