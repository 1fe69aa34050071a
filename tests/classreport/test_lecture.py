"""The page for the next lecture: what most got wrong, and nobody's name."""

import html

import pytest

from grader.classreport.anonymous import without_comment
from grader.classreport.clusters import clusters_of
from grader.classreport.lecture import commonest
from grader.classreport.overview import overview_of
from grader.classreport.page import lecture_page
from grader.outcome import Line, Raised


def raised(text, message="no such thing", file="layer.py"):
    return Raised("NameError", message, (Line(file, 7, "softmax", text),))


def page(made, *reports):
    return lecture_page(overview_of(made.results(*reports)))


def test_the_three_commonest_the_most_frequent_first(made):
    wrong = {"rows": 2, "far": 4, "loss": 3, "fit": 5}
    reports = [
        made.report(f"student {i}", **{n: made.wrong(float(len(n))) for n in wrong if i < wrong[n]})
        for i in range(6)
    ]
    shown = commonest(clusters_of(made.results(*reports)), [])
    assert [example.cluster.checks for example in shown] == [
        ("layer/fit",), ("layer/far",), ("layer/loss",)
    ]  # fmt: skip


def test_the_mistake_of_one_student_would_be_no_secret(made):
    reports = [made.report("ada", rows=made.wrong(1.0)), made.report("ben")]
    assert commonest(clusters_of(made.results(*reports)), []) == []
    assert "No mistake was made by two students" in page(made, *reports)


@pytest.mark.parametrize(
    "line", ["return zz  # by Lovelace", "return ada_zz", "zz = 'LOVELACE'", "byron.zz()"]
)
def test_no_name_is_in_an_example(made, line):
    reports = [made.report(name, rows=raised(line)) for name in ("Ada Lovelace", "Ada Byron")]
    text = page(made, *reports).casefold()
    assert "nameerror" in text or "softmax: raised" in text
    for name in ("lovelace", "byron", "ada"):
        assert name not in text


def test_a_name_in_a_file_or_a_message_counts(made):
    reports = [
        made.report("Ada Lovelace", rows=raised("return zz", file="layer-lovelace.ipynb")),
        made.report("Ben", rows=raised("return yy")),
    ]
    text = page(made, *reports)
    assert "lovelace" not in text and "return yy" in text  # Ben's is the example
    named = [made.report(n, rows=raised("x", message="it is Ada")) for n in ("Ada", "Ada B")]
    assert "Ada" not in page(made, *named)


DISGUISES = {
    "x = 'L o v e l a c e'": "Ada Lovelace",
    "l_o_v_e_l_a_c_e()": "Ada Lovelace",
    "x = 'L0ve1ace'": "Ada Lovelace",
    "x = 'Lоvelасe'": "Ada Lovelace",  # noqa: RUF001 (some letters are Cyrillic)
    "li_wu()": "Li Wu",
}


@pytest.mark.parametrize("line", DISGUISES)
def test_a_name_in_disguise_counts(made, line):
    name = DISGUISES[line]
    reports = [made.report(one, rows=raised(line)) for one in (name, f"Bo {name}")]
    assert line not in html.unescape(page(made, *reports))
    copied = [made.report(copier, rows=raised(line)) for copier in ("Zoe", "Tim")]
    is_shown = line in html.unescape(page(made, *copied, made.report(name)))
    assert is_shown == ("o v e" in line)  # of others, a word counts where it stands as one


def test_a_word_of_the_kits_that_is_a_name_too_hides_nothing(made):
    reports = [made.report(f"Called Expected {i}", rows=made.wrong(1.0)) for i in range(2)]
    text = page(made, *reports)
    assert "called" in text and "expected" in text and "other values" in text


def test_a_name_of_two_characters_counts_where_a_script_has_such_names(made):
    reports = [made.report(f"李明 {i}", rows=raised("x = '李明'")) for i in range(2)]
    assert "李明" not in page(made, *reports)


def test_the_question_of_a_known_mistake_is_shown(made):
    named = made.named("rows", "summed")
    text = page(made, made.report("ada", rows=named), made.report("ben", rows=named))
    assert "It is summed." in text and "Why summed?" in text and "2 of 2" in text


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("x = 1  # by Ada", "x = 1"),
        ("x = '# no comment'", "x = '# no comment'"),
        ("    f(x,  # goes on", "f(x,"),
        ('"""open  # Ada', '"""open'),
        ("x = 1", "x = 1"),
    ],
)
def test_comments_are_cut_off(line, code):
    assert without_comment(line).strip() == code
