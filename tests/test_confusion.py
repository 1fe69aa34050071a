"""The pictures of misread digits are those of the very images that were misread."""

import numpy as np
import pytest

from grader import mnist
from grader.brick import Brick
from grader.check import CheckError
from grader.confusion import SHOWN
from grader.declared import slips_of
from grader.examine import Examination
from grader.outcome import BelowBar, Fault, Passed
from grader.probe import Run
from grader.result import Result
from grader.runner.answer import Returned
from grader.source import Source

FIRST_TEST = 20_000  # the numbers of images to be tested on; those to learn from begin at 0


def numbered(first, n):
    """Images that bear their number in their first two pixels."""
    numbers = np.arange(first, first + n)
    images = np.zeros((n, 28, 28), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = numbers // 256, numbers % 256
    return images


def label_of(place, k):
    """Of the test image with that place, whatever the attempt."""
    return (place * 7 + 3) % k


def drawn(rng, n_train, n_test, classes=tuple(range(10))):
    """As mnist.draw, with images that can be recognised, and as many of both kinds."""
    return {
        "classes": np.array(classes),
        "x_train": numbered(0, n_test),
        "y_train": np.arange(n_test)[::-1] % len(classes),
        "x_test": numbered(FIRST_TEST, n_test),
        "y_test": label_of(np.arange(n_test), len(classes)),
    }


class AlwaysOne:
    """Answers every check that has labels with ones, as a model that learned nothing."""

    def __init__(self, n):
        self.n = n

    def run(self, check, *job):
        return Run(Returned({"labels": np.ones(self.n, np.int64)}) if check else None)


def checks_with_a_bar(course):
    return [c for brick in course.bricks.values() for c in brick.checks.values() if c.labels]


def test_each_picture_is_the_test_image_that_its_label_belongs_to(course, monkeypatch):
    monkeypatch.setattr(mnist, "draw", drawn)
    checks = checks_with_a_bar(course)
    assert len(checks) == 8
    for check in checks:
        found = missed(course, check)
        assert len(found.images) == SHOWN
        for image, truth, taken_for in zip(found.images, found.truth, found.taken_for, strict=True):
            place = 256 * int(image[0, 0]) + int(image[0, 1]) - FIRST_TEST
            assert place >= 0, "an image to learn from"
            assert label_of(place, len(found.names)) == truth != taken_for == 1


def missed(course, check):
    """What is shown at the check's bar of a model that always says 1."""
    n = len(check.draw(1)[check.labels])
    outcome = examined(course, check, AlwaysOne(n))
    assert isinstance(outcome, BelowBar)
    return outcome.confusion


def examined(course, check, runner):
    """The outcome of a check whose needs have passed."""
    own = Source(check.brick, "it.py", b"")
    examination = Examination(course, check.brick, [own], runner, None, 1)
    for need in check.needs:
        passed = Result(course.bricks[check.brick].checks[need], Passed(), {})
        examination._ran[need] = passed
    return examination.result(check.name).outcome


IMAGES = np.zeros((6, 5, 5), np.uint8)
LABELS = np.zeros(6, int)
UNFIT = {
    "images that are not drawn": (
        {"y": LABELS, "z": IMAGES},
        "its images are 'x', and its inputs are y, z",
    ),
    "labels that are not drawn": ({"x": IMAGES}, "its labels are 'y', and its inputs are x"),
    "another number of images": (
        {"x": IMAGES[:5], "y": LABELS},
        "its images 'x' are 5, and its labels 'y' are 6",
    ),
    "no images": ({"x": np.zeros((6, 5)), "y": LABELS}, r"its images 'x' have the shape \(6, 5\)"),
}


def check_of(inputs, **more):
    toy = Brick("toy", 1, "Toy")
    return toy.check("f", points=1, called="f(x)", hint="", inputs=lambda rng: inputs, **more)(
        lambda toy: {}
    )


@pytest.mark.parametrize("name", UNFIT)
def test_labels_and_images_that_do_not_fit_are_refused_before_anything_runs(name):
    inputs, why = UNFIT[name]
    with pytest.raises(CheckError, match=rf"^toy/<lambda>: {why}"):
        check_of(inputs, labels="y", images="x").draw(0)


def test_labels_may_have_no_pictures_and_pictures_must_have_labels():
    assert check_of({"y": LABELS}, labels="y").draw(0)["y"] is LABELS
    brick = Brick("toy", 1, "Toy")
    brick.check(
        "f", points=1, called="f(x)", hint="", inputs=lambda rng: {"x": IMAGES}, images="x"
    )(lambda toy: {})
    said = [str(slip) for slip in slips_of(brick, "toy")]
    assert "toy/<lambda>: it has images, and no labels that belong to it" in said


def test_what_does_not_fit_is_said_by_the_run_as_a_fault_of_the_kit(course, monkeypatch):
    def fewer(rng, n_train, n_test, classes=tuple(range(10))):
        found = drawn(rng, n_train, n_test, classes)
        return {**found, "x_test": found["x_test"][1:]}

    [check, *_] = checks_with_a_bar(course)
    monkeypatch.setattr(mnist, "draw", fewer)
    outcome = examined(course, check, AlwaysOne(1))
    assert isinstance(outcome, Fault)
    assert outcome.reason == (
        f"{check.id}: its images '{check.images}' are 1,999, and its labels 'y_test' are 2,000: "
        "they must belong together."
    )
