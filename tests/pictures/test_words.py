"""What pictures say is in the student's language: each text goes through `words`, whole."""

import pytest

from grader import language
from grader.author.catalogues import words_in
from grader.course import CourseError
from grader.pictures.drawing import filled, words


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


@pytest.mark.parametrize("argument", ["name", 'f"{n} digits"', '"digits", "more"'])
def test_a_text_that_is_made_when_it_runs_is_refused(tmp_path, argument):
    file = tmp_path / "show_toy.py"
    file.write_text('words("whole", n=3)\n' + f"words({argument})\n")
    with pytest.raises(CourseError, match=r"show_toy\.py, line 2: words\(\) takes one text"):
        list(words_in(file))
    file.write_text('words("whole", n=3)\n')
    assert list(words_in(file)) == ["whole"]
