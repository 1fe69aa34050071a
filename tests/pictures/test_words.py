"""What pictures say is in the student's language: each text goes through `words`, whole."""

import importlib.util
import inspect

import pytest
from matplotlib.figure import Figure

from grader import language
from grader.author.catalogues import words_in
from grader.course import CourseError
from grader.pictures.drawing import filled, words
from grader.pictures.making import gallery_of, number_ticks


def draws(*texts, caption=""):
    def draw(figure, values, inputs):
        axes = figure.subplots()
        for name, text in zip(("title", "xlabel", "ylabel"), texts, strict=False):
            axes.set(**{name: text()})
        return {"n": caption()} if caption else None

    return draw


def test_a_text_that_no_catalogue_is_asked_for_is_found(untranslated):
    assert untranslated(draws(lambda: "loss"), {}, {}) == ["loss"]
    assert untranslated(draws(lambda: f"{words('loss')} here"), {}, {}) == ["⟦loss⟧ here"]
    assert untranslated(draws(lambda: "28 x 28", caption=lambda: "more"), {}, {}) == ["more"]


def test_texts_that_are_looked_up_are_fine_also_within_each_other(untranslated):
    texts = (
        lambda: words("of unseen {what}", what=words("digits")),
        lambda: "784",
        lambda: f"{words('map')}\n26 x 26",
    )
    assert untranslated(draws(*texts), {}, {}) == []


def test_figures_are_written_as_the_language_writes_them(monkeypatch):
    values = {"n": 3200, "share": 0.92, "name": "a.b, c"}
    assert filled("{n:,} {share:.2f} {n} {name}", values) == "3,200 0.92 3200 a.b, c"
    monkeypatch.setenv(language.VARIABLE, "fr")
    assert filled("{n:,} {share:.2f} {n} {name}", values) == "3\u202f200 0,92 3200 a.b, c"


def test_ticks_are_written_as_sentences_write_numbers(monkeypatch):
    monkeypatch.setenv(language.VARIABLE, "fr")
    figure = Figure()
    axes, _beside = figure.subfigures(1, 2)[1].subplots(1, 2, sharex=True)
    axes.set_xticks([0, 0.5, 1])
    number_ticks(figure)
    figure.draw_without_rendering()
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0,0", "0,5", "1,0"]


@pytest.mark.parametrize("argument", ["name", 'f"{n} digits"', '"digits", "more"'])
def test_a_text_that_is_made_when_it_runs_is_refused(tmp_path, argument):
    file = tmp_path / "show_toy.py"
    file.write_text('words("whole", n=3)\n' + f"words({argument})\n")
    with pytest.raises(CourseError, match=r"show_toy\.py, line 2: words\(\) takes one text"):
        list(words_in(file))
    file.write_text('words("whole", n=3)\n')
    assert list(words_in(file)) == ["whole"]


def test_the_pictures_of_a_brick_say_only_what_can_be_translated(course, untranslated):
    """A brick whose probes take no time; `faults` asks this of the others, which are slow."""
    file = course.solutions / "convolution.py"
    spec = importlib.util.spec_from_file_location("convolution", file)
    convolution = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(convolution)
    pictures = gallery_of(course, "convolution").pictures.values()
    for picture in pictures:
        inputs = picture.drawn(seed=0)
        _brick, *names = inspect.signature(picture.check.probe).parameters
        values = picture.check.probe(convolution, **{name: inputs[name] for name in names})
        assert untranslated(picture.draw, values, inputs) == [], picture.name
    assert pictures
