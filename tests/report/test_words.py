"""The words around the board; a message in one line, on a wide terminal, of four axes."""

from dataclasses import replace

import numpy as np
import pytest

from grader.outcome import Accuracy, Passed, WrongValue
from grader.report.board import BoardEntry, board, first_to_do, onward, reached_note
from grader.report.check_report import check_report
from grader.report.drawing import drawing, in_brackets, slice_through
from grader.report.text import explain, in_one_line
from grader.result import Result

FIRST = {"neuron": "sigmoid", "layer": "one_hot"}
POINTS = {"neuron": 2, "layer": 3}


def entry(brick, points, outcome="passed"):
    return BoardEntry(brick, "f", "c", outcome, points, points, "", [], (1, 0), POINTS[brick])


def test_a_complete_brick_leads_to_the_next_ones_first_step():
    said = onward([entry("neuron", 2)], FIRST, POINTS)
    assert said[0] == "neuron is complete."
    assert said[1].startswith("next: layer / one_hot   (open exercises/layer.py")


def test_all_points_say_how_to_hand_in():
    said = " ".join(onward([entry("neuron", 2), entry("layer", 3)], FIRST, POINTS))
    assert said.startswith("All 5 points. Hand in") and "neuron.py, layer.py" in said


@pytest.mark.parametrize(
    "ran, words",
    [
        ([entry("neuron", 1)], "not all of its checks ran"),
        ([entry("layer", 3)], "next: neuron / sigmoid   (it did not run this time)"),
    ],
)
def test_what_did_not_run_is_named(ran, words):
    assert words in " ".join(onward(ran, FIRST, POINTS))


def test_nothing_is_added_where_something_is_to_do():
    assert onward([entry("neuron", 2, "wrong value")], FIRST, POINTS) == []


def test_a_bar_that_is_met_says_what_was_reached(course):
    check = course.bricks["layer"].checks["all_ten_digits"]
    reached = Accuracy(0.913, 10_000, 0.9, 0.915, 0.002, 30)
    said = reached_note(check_report(Result(check, Passed(reached), {})))
    assert "yours reads 91.3% of 10,000 unseen digits right; the bar is 90.0%" in said
    assert reached_note(check_report(Result(check, Passed(), {}))) == ""


def wrong(name, shape, worst):
    expected = np.zeros(shape)
    returned = expected.copy()
    returned[worst] = 7.0
    return WrongValue(name, returned, expected, worst, 1)


@pytest.mark.parametrize(
    "name, shape, worst, index",
    [
        ("out", (2, 4, 5, 3), (1, 2, 3, 2), "[1, :, :, 2]"),
        ("d_kernel", (3, 3, 2, 4), (0, 1, 1, 3), "[:, :, 1, 3]"),
        ("images", (2, 4, 5), (1, 2, 3), "[1, :, :]"),
    ],
)
def test_of_more_than_two_axes_the_slice_with_the_worst_entry_is_drawn(
    course, name, shape, worst, index
):
    check = course.bricks["layer"].checks["softmax_rows"]
    said = explain(check_report(Result(check, wrong(name, shape, worst), {})))
    assert f"in the slice {index}" in said
    assert "7.000" in said


def test_two_axes_or_fewer_are_drawn_whole():
    assert slice_through((4, 5), (1, 2), False) == ()
    assert slice_through((1, 4, 5, 1), (0, 1, 2, 0), False) == ()
    assert in_brackets((1, slice(None), 0)) == "[1, :, 0]"


def test_blocks_one_under_the_other_line_up_whatever_the_signs():
    got = np.array([[-1.5, 0.25, -0.75, 1.0, 2.0, 3.0, 4.0]])
    lines = drawing(got, np.abs(got) + 0.5, 75)
    assert [line.split()[0] for line in lines] == ["yours", "expected", "difference"]
    assert len({len(line) for line in lines}) == 1


def test_a_message_uses_a_wide_terminal_and_no_more_than_that(course):
    check = course.bricks["neuron"].checks["images_become_rows"]
    report = check_report(Result(check, wrong("vectors", (2, 3), (0, 1)), {}))
    narrow, wide = explain(report), explain(report, 100)
    assert max(map(len, narrow.split("\n"))) <= 79 < max(map(len, wide.split("\n"))) <= 100


def test_one_line_says_the_cause_or_what_came_back(course):
    check = course.bricks["neuron"].checks["images_become_rows"]
    said = in_one_line(check_report(Result(check, wrong("vectors", (2, 3), (0, 1)), {})))
    assert said.startswith("vectors (2, 3), expected other values: 1 of 6 entries")
    assert "\n" not in said


def test_what_to_do_next_is_the_check_of_the_part_that_says_what_is_wrong():
    vague = replace(entry("neuron", 1, "wrong value"), name="history", says_why=False)
    clear = replace(vague, name="samples", says_why=True)
    later = replace(clear, name="bar", part="g")
    assert first_to_do([vague, later, clear]).name == "samples"
    assert first_to_do([vague, later]).name == "history"
    assert first_to_do([]) is None
    assert ("next: neuron / f   (samples)", "cyan") in board([vague, clear])
