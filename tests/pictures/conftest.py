"""A toy course with pictures, in a folder of its own, and the pictures of a reference solution."""

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from grader.course import Course
from grader.examiner import Examiner
from grader.pictures import drawing
from grader.pictures.making import Made, gallery_of, made
from grader.pictures.page import page
from grader.runner.process import Process
from grader.submission import handed_from

MOST = 2_000_000  # bytes of a page
MARKED, WORD = re.compile(r"⟦[^⟦⟧]*⟧"), re.compile(r"[^\W\d_]{2,}")
SOLUTION = """
def double(x):
    return 2 * x
"""
CHECKS = """
from grader import Brick

brick = Brick("doubling", order=1, title="Doubling")


@brick.check("double", points=1, called="double(x)", hint="How much is twice as much?",
             inputs=lambda rng: {"x": rng.normal(size=3)})
def values(doubling, x):
    return {"double(x)": doubling.double(x)}
"""
PICTURES = """
from grader.pictures.gallery import Gallery

brick = Gallery("doubling")


def draw_line(figure, values, inputs):
    figure.subplots().plot(inputs["x"], values["y"])
    return {"largest": max(values["y"])}


@brick.picture("Twice as much", parts=("double",), alt="A line.", draw=draw_line,
               caption="The line rises to {largest}. It is steep.",
               inputs=lambda rng: {"x": [0.0, 1.0, 4.0]})
def line(doubling, x):
    return {"y": [doubling.double(each) for each in x]}
"""


@pytest.fixture
def toy(tmp_path):
    """The course; its exercise is solved."""
    for folder, name, text in (
        ("solutions", "doubling.py", SOLUTION),
        ("exercises", "doubling.py", SOLUTION),
        ("exercises", "test_doubling.py", CHECKS),
        ("exercises", "show_doubling.py", PICTURES),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(text)
    return Course(tmp_path)


@pytest.fixture
def pytester_of():
    """pytester_of(course): what `pytest exercises/` prints there."""

    def ran(course):
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "--rootdir", ".", "exercises"],
            cwd=course.root, capture_output=True, text=True,
        )  # fmt: skip
        return run.stdout

    return ran


@dataclass
class Drawn:
    """A gallery's pictures, and by picture: what the probe returned and what the caption names."""

    made: list[Made] = field(default_factory=list)
    values: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    inputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    numbers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    english: list[str] = field(default_factory=list)  # what is so in each language

    def faults(self) -> list[str]:
        """What is wrong with the page: nothing, if all can be shown."""
        found = [f"{one.picture.name}: {one.said}" for one in self.made if one.said or not one.png]
        for one in self.made:
            if re.search(r"[{}]|\bnan\b", one.caption):
                found.append(f"no number: {one.caption}")
            if len(re.findall(r"[.!?](?= [A-Z]|$)", one.caption)) != 2:
                found.append(f"not two sentences: {one.caption}")
        found += [f"nobody can translate: {text}" for text in self.english]
        if len(page("Toy", self.made)) >= MOST:
            found.append("the page is too large")
        return found


def untranslated(draw: Any, values: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[str]:
    """What a drawing, or its caption by it, says without asking a catalogue.

    It draws once more, in a language that puts marks around each sentence.
    """
    figure = Figure(layout="constrained")
    with patch.object(drawing, "in_course", "⟦{}⟧".format):
        named = draw(figure, values, inputs) or {}
    texts = [text.get_text() for text in figure.findobj(Text)]
    texts += [value for value in named.values() if isinstance(value, str)]
    return [text for text in texts if WORD.search(without_marked(text))]


def without_marked(text: str) -> str:
    """The text without what stands between marks, which may stand within each other."""
    while MARKED.search(text):
        text = MARKED.sub("", text)
    return text


def recorded(name: str, draw: Any, drawn: Drawn) -> Any:
    def wrapped(figure, values, inputs):
        numbers = draw(figure, values, inputs)
        drawn.values[name], drawn.inputs[name], drawn.numbers[name] = values, inputs, numbers
        drawn.english += untranslated(draw, values, inputs)
        return numbers

    return wrapped


@pytest.fixture(name="untranslated")
def _untranslated():
    return untranslated


@pytest.fixture(scope="module")
def pictures_of(course) -> Callable[[str], Drawn]:
    """pictures_of(brick): drawn as `bricks show` draws them."""

    def pictures(brick):
        gallery, drawn = gallery_of(course, brick), Drawn()
        for name, picture in gallery.pictures.items():
            gallery.pictures[name] = replace(picture, draw=recorded(name, picture.draw, drawn))
        with closing(Process()) as student, closing(Process()) as reference:
            handed = handed_from(course, course.solutions)
            examination = Examiner(course, reference).of_handed(brick, handed, student)
            drawn.made = list(made(gallery, examination))
        return drawn

    return pictures
