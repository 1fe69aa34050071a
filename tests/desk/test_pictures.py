"""A missed bar: what was taken for what, and some misread digits, as a picture in the feedback."""

import base64
import io
import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from matplotlib.image import imread
from matplotlib.text import Text

from grader.author.kit_project import project_of_kit
from grader.brick import Brick
from grader.confusion import SHOWN, confusion
from grader.course import Course
from grader.outcome import Accuracy, BelowBar
from grader.probe import Returned
from grader.report.check_report import check_report
from grader.report.html import pictures_of
from grader.report.picture import COLUMNS, ROWS, confusion_png
from grader.report.report import check_from_plain, plain_check
from grader.report.withheld import withheld
from grader.result import Result
from grader.source import Source

ROOT = Path(__file__).parents[2]
LABELS = np.array([0, 0, 0, 1, 1, 2])
IMAGES = np.arange(6 * 4, dtype=np.uint8).reshape(6, 2, 2)
REACHED = Accuracy(0.5, 6, 0.9, 0.95, 0.01, 30)


def seen(predicted, images=IMAGES, labels=LABELS, shown="x_test", **more):
    returned = Returned({"labels": np.array(predicted)})
    check = Brick("toy", 1, "Toy").check(
        "MNIST", points=1, called="", hint="", labels="y_test", images=shown
    )(seen)
    return confusion(check, returned, {"y_test": labels, "seed": 3, "x_test": images, **more})


def test_counts_and_each_confusion_in_turn_the_most_frequent_first():
    found = seen([1, 1, 0, 1, 2, 2])
    assert found.confusion.tolist() == [[1, 2, 0], [0, 1, 1], [0, 0, 1]]
    assert (found.truth, found.taken_for) == ((0, 1, 0), (1, 2, 1))
    assert (found.images == IMAGES[[0, 4, 1]]).all()


def test_all_places_are_filled_where_there_are_so_many():
    truth = np.repeat([0, 1], 100)
    predicted = truth.copy()
    predicted[:20] = 1
    predicted[[150, 160]] = 0
    found = seen(predicted, np.zeros((200, 2, 2), np.uint8), truth)
    assert len(found.images) == SHOWN == ROWS * COLUMNS
    assert found.truth == (0, 1, 0, 1, *[0] * 8)


def test_classes_have_the_names_of_what_they_stand_for(course, monkeypatch):
    """A three is no "0", whatever its label."""
    found = seen([1, 1, 0, 0, 9, 1], labels=np.array([0, 0, 0, 1, 1, 1]), classes=np.array([3, 5]))
    assert found.names == ("3", "5")
    said = texts_of(found, monkeypatch)
    assert {"3", "5", "none", "3 as 5", "5 as 3", "5 as none"} <= said and "0" not in said
    check = course.bricks["neuron"].checks["threes_and_fives"]
    inputs = check.draw(1)
    predicted = 1 - inputs["y_test"]
    found = confusion(check, Returned({"labels": predicted}), inputs)
    assert {"3 as 5", "5 as 3"} <= texts_of(found, monkeypatch)
    assert seen([1, 1, 0, 1, 2, 2]).names == ("0", "1", "2")


def texts_of(found, monkeypatch):
    """All that is written in the picture."""
    said = set()
    monkeypatch.setattr(Text, "draw", lambda text, *_, **__: said.add(text.get_text()))
    confusion_png(kept(found).outcome.confusion)
    return said


def kept(found):
    course = Course(ROOT)
    check = next(c for c in course.bricks["neuron"].checks.values() if c.labels)
    return again(check_report(Result(check, BelowBar(REACHED, 3, found), {})))


def again(check):
    return check_from_plain(json.loads(json.dumps(plain_check(check))))


def test_who_installs_a_kit_has_pictures():
    project = project_of_kit((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [needed] = re.findall(r"^dependencies = \[(.*?)\]$", project, re.MULTILINE | re.DOTALL)
    assert '"matplotlib>=' in needed


def test_answers_that_are_no_class_have_a_column_of_their_own():
    found = seen([0, -1, 9**15, 1, 1, 2])
    assert found.confusion.tolist() == [[1, 0, 0, 2], [0, 2, 0, 0], [0, 0, 1, 0]]
    assert (found.truth, found.taken_for) == ((0, 0), (3, 3))


def test_rows_of_pixels_are_images_again_and_none_are_shown_where_none_are_named():
    for images in (IMAGES.reshape(6, 4) / 255, IMAGES[..., np.newaxis]):
        found = seen([1, 1, 1, 1, 1, 1], images)
        assert (found.images == IMAGES[[0, 5, 1, 2]]).all()
    assert seen([1] * 6, np.zeros((6, 3)), shown=None).images.shape == (0, 1, 1)


def test_the_report_is_plain_and_makes_the_same_picture_each_time(course):
    check = next(c for c in course.bricks["neuron"].checks.values() if c.labels)
    result = Result(check, BelowBar(REACHED, 3, seen([1, 1, 0, 1, 2, 2])), {})
    told = again(check_report(result))
    [picture] = pictures_of([told])
    assert [picture] == list(pictures_of([told]))
    assert 'alt="0 as 1 (2 times)' in picture["text/html"]
    assert "on the diagonal" in picture["text/html"]
    assert picture["text/plain"].startswith("0 as 1 (2 times)")
    [png] = re.findall('base64,([^"]*)"', picture["text/html"])
    pixels = imread(io.BytesIO(base64.b64decode(png)))
    middle = pixels.shape[1] * 6 // 10
    for half in (pixels[:, :middle], pixels[:, middle:]):
        assert (half[..., :3] < 0.5).any()
    shown = check_report(withheld(result, Source("neuron", "neuron.py", b"")))
    assert shown.outcome.confusion is None


def test_an_illustration_is_in_nbgraders_feedback_with_its_words(desk):
    desk.draw_tripled()
    turned = {"Tripler-solution": "class Tripler:\n    def apply(self, x):\n        return -3 * x"}
    desk.nbgrader("generate_assignment", "toy")
    desk.hand_in("ada", {**desk.RIGHT, **turned})
    desk.hand_in("ben", desk.RIGHT)
    assert desk.nbgrader("autograde", "toy") == 0
    assert desk.nbgrader("generate_feedback", "toy") == 0
    said = " ".join(desk.feedback("ada").split())
    [image] = re.findall('<img [^>]*src="data:image/png;base64[^>]*>', said)
    assert 'alt="An image, the map that your filter makes' in image
    assert "<p>Purple is above 0, orange with dots below" in said
    assert "data:image/png" not in desk.feedback("ben")


@pytest.mark.long
def test_it_is_in_the_feedback_of_the_course(whole):
    """A perceptron that learns and then answers at random: right by value, below its bar."""
    (whole.root / "nbgrader_config.py").open("a").write('\nc.Judge.isolation = "basic"\n')
    whole.nbgrader("generate_assignment", "layer")

    def spoilt(notebook):
        source = nbformat.read(whole.root / "source" / "layer" / "layer.ipynb", as_version=4)
        solutions = {cell.id: cell.source for cell in source.cells}
        for cell in notebook.cells:
            cell.source = solutions[cell.id]
            cell.source = cell.source.replace(
                "return self.forward(x).argmax(axis=1)",
                "best = self.forward(x).argmax(axis=1)\n"
                "        return np.where(np.arange(len(best)) > 500, best // 2, best)",
            )

    whole.hand_in("ada", brick="layer", change=spoilt)
    assert whole.nbgrader("autograde", "layer") == 0
    assert whole.nbgrader("generate_feedback", "layer") == 0
    said = whole.feedback("ada", "layer")
    assert "unseen digits are right; the bar is" in said
    assert len(re.findall('<img [^>]*src="data:image/png;base64', said)) == 1
    assert 15 < sum(whole.points("ada").values()) < 20
