"""Illustrations: their bounds, their way through the report, and how they look."""

import io
import json

import numpy as np
import pytest
from matplotlib.image import imread

from grader import SHOWN, never_moved, wrong_way_round
from grader.brick import Brick
from grader.diagnosis.explanation import Explanation
from grader.illustration import LARGEST, Illustration, illustration, tile
from grader.outcome import WrongValue
from grader.probe import Returned
from grader.report.check_report import check_report
from grader.report.html import pictures_of
from grader.report.picture import pictures
from grader.report.report import check_from_plain, plain_check
from grader.report.withheld import withheld
from grader.result import Result
from grader.source import Source


def test_without_expected_weights_one_still_filter_says_nothing():
    before = np.random.default_rng(0).normal(size=(3, 3, 1, 16))
    after = before + 0.1
    after[..., :8] = before[..., :8]
    assert never_moved(before, after) is None
    after[..., 8] = before[..., 8]
    drawn = never_moved(before, after)
    assert "9 of 16" in drawn.caption and len(drawn.across) == 8
    assert never_moved(np.zeros((0, 0)), np.zeros((0, 0))) is None
    large = np.ones((64, 64, 3, 2))
    assert never_moved(large, large) is None


def test_the_checks_of_training_show_the_filters_of_their_first_run(course):
    check = course.bricks["cnn"].checks["training_changes_the_model"]
    before = np.random.default_rng(0).normal(size=(3, 3, 1, 8))
    values = {
        f"{SHOWN}filters {when}, {run}": before + (when == "after") * moved
        for run, moved in (("first", 0.0), ("again", 1.0))
        for when in ("before", "after")
    }
    assert illustration(check, Returned(values), {}, {})
    values[f"{SHOWN}filters after, first"] = before + 1
    assert illustration(check, Returned(values), {}, {}) is None
    bar = course.bricks["cnn"].checks["ten_digits_in_keras"]
    still = {f"{SHOWN}filters {when}": before for when in ("before", "after")}
    assert illustration(bar, Returned({"labels": np.zeros(3, int), **still}), {}, {})


def test_units_of_a_network_are_named_by_the_first_layer_that_stood(course):
    check = course.bricks["mlp"].checks["every_layer_steps"]
    inputs = check.draw(0)
    right = {
        f"kernel of layers[{i}]": kernel + 0.1 for i, kernel in enumerate(inputs["kernels"][:3])
    }
    assert illustration(check, Returned(right), right, inputs) is None
    stood = {**right, "kernel of layers[1]": inputs["kernels"][1]}
    drawn = illustration(check, Returned(stood), right, inputs)
    n = inputs["kernels"][1].shape[1]
    assert f"{n} of {n}" in drawn.caption and len(drawn.rows) == min(n, 8)


def test_kernels_of_keras_that_stood_are_drawn(course):
    before = np.random.default_rng(0).normal(size=(3, 3, 1, 8))
    values = {f"{SHOWN}before": before, f"{SHOWN}after": before}
    moved = {**values, f"{SHOWN}after": before + 1}
    body = "the body's kernels have moved"
    steps = course.bricks["transfer"].checks["the_body_moves_a_little"]
    assert illustration(steps, Returned({body: np.array(False), **values}), {}, {})
    assert illustration(steps, Returned({body: np.array(True), **values}), {}, {}) is None
    trained = course.bricks["training"].checks["keras_train_keeps_the_best"]
    assert illustration(trained, Returned(values), {}, {})
    assert illustration(trained, Returned(moved), {}, {}) is None


def edge():
    image = np.zeros((6, 6))
    image[2:4] = 1.0
    right = np.array([[1.0, 1.0], [-1.0, -1.0]])
    return wrong_way_round(image, -right, right)


def made(how):
    check = Brick("toy", 1, "Toy").check("f", points=1, called="", hint="", illustrate=how)(made)
    values = Returned({"y": np.ones(2)})
    return illustration(check, values, {"y": np.zeros(2)}, {})


def test_what_an_author_draws_is_bounded_and_what_breaks_is_left_out(monkeypatch):
    logged = []
    monkeypatch.setattr("grader.faults.log_fault", lambda about, error: logged.append(about))
    assert made(lambda returned, expected, inputs: edge()) is not None
    assert made(lambda returned, expected, inputs: 1 / 0 if returned["y"][0] else edge()) is None
    assert not logged  # the expected values can be drawn
    assert made(lambda returned, expected, inputs: 1 / 0) is None
    assert logged == ["illustration of toy/made"]
    assert made(None) is None
    large = tile(np.ones((80, 80)), 1.0)
    many = Illustration(((large, large),), ("a", "b"), (), "", "")
    assert made(lambda returned, expected, inputs: many) is None


def test_a_tile_holds_images_of_finite_numbers_alone():
    assert tile([[2.0, -1.0, 9.0]], 2.0).pixels.tolist() == [[LARGEST, -64, LARGEST]]
    assert not tile(np.zeros((2, 2)), 0.0).pixels.any()
    for wrong in (np.ones(3), np.ones((0, 2)), [[np.nan]], [[np.inf]], np.ones((101, 100))):
        with pytest.raises(ValueError, match="cannot be drawn"):
            tile(wrong, 1.0)


def report_with(shown):
    check = Brick("toy", 1, "Toy").check("f", points=1, called="", hint="")(report_with)
    wrong = WrongValue("y", np.ones(2), np.zeros(2), (0,), 2)
    return Result(check, wrong, {}, why=Explanation(illustration=shown))


def test_it_travels_in_the_report_and_is_drawn_small_with_words():
    result = report_with(edge())
    text = json.dumps(plain_check(check_report(result)))
    assert len(text) < 3_000
    again = check_from_plain(json.loads(text))
    [drawn] = pictures(again)
    assert len(drawn.png) < 20_000 and drawn.alt
    assert drawn.caption.count(". ") == 1 and drawn.caption.endswith(".")
    colours = imread(io.BytesIO(drawn.png))[..., :3].reshape(-1, 3)
    assert (colours[:, 2] - colours[:, 1] > 0.25).any()  # purple
    assert (colours[:, 0] - colours[:, 2] > 0.4).any()  # orange
    [shown] = pictures_of([again])
    assert shown["text/plain"] == f"{drawn.alt}\n{drawn.caption}"
    assert f'alt="{drawn.alt}"' in shown["text/html"] and drawn.caption in shown["text/html"]


def test_it_is_withheld_with_the_values():
    shown = check_report(withheld(report_with(edge()), Source("toy", "toy.py", b"")))
    assert not list(pictures(shown))


def test_marks_show_without_colour():
    before = np.random.default_rng(0).normal(size=(3, 3, 1, 8))
    after = before + 0.1
    partly = after.copy()
    partly[..., 3] = before[..., 3]
    [drawn] = pictures(check_report(report_with(never_moved(before, partly, after))))
    grey = imread(io.BytesIO(drawn.png))[..., :3].mean(axis=2)
    dark = (grey < 0.1).sum(axis=0)
    framed = np.flatnonzero(dark > 0.4 * len(grey))  # the frame's upright lines
    assert framed.size and np.ptp(framed) < 0.2 * grey.shape[1]
