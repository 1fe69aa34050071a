"""A student's page of feedback: what it shows, in what order, and that nothing in it acts."""

from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from markdown_it import MarkdownIt

from grader.classreport.feedback import feedback_of
from grader.classreport.feedback_page import feedback_page
from grader.classreport.markdown import escaped, feedback_markdown
from grader.classreport.overview import overview_of
from grader.classreport.page import lecture_page, report_page
from grader.diagnosis.explanation import Explanation
from grader.illustration import Illustration, tile
from grader.marks.rules import Correction, Late, Rules
from grader.outcome import (
    Accuracy,
    BelowBar,
    CellStopped,
    Confusion,
    Fault,
    Line,
    Missing,
    NotWritten,
    Raised,
    Skipped,
    Unloadable,
    WrongSignature,
    WrongType,
)
from grader.report.report import Status
from grader.report.withheld import without_words
from grader.source import Source

MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</pre></details></style><iframe src=//evil.example>",
    "```\n# Heading\n[link](http://evil.example) ![x](http://evil.example/x.png)\n````",
    "~~~\n<b>bold</b>\n\n    <a href='javascript:alert(1)'>x</a>",
    "| a | b |\n| --- | --- |\n> quote\n***bold***",
    "{{ 7 * 7 }} {% raw %} &lt;b&gt;",
    "http://evil.example www.evil.example a@evil.example",
    "`x` ``y`` $z$ <!-- -->",
]


class Tags(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.found, self.texts = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def pages_of(made, *reports, said=None, rules=None):
    results = made.results(*reports)
    feedback = feedback_of(results, reports[0].student, said or {}, rules)
    return feedback_page(feedback), feedback_markdown(feedback)


def hostile(made, text):
    """A student by that name, with the text wherever students' own words can be."""
    lines = (Line(text, 3, text, text),)
    return [
        made.report(
            text,
            rows=Raised(text, text, lines, text),
            far=WrongType(text, text, text),
            loss=Missing(text, text),
            fit=NotWritten(text),
        ),
        made.report(
            text,
            "mlp",
            rows=CellStopped(text, text, text, lines),
            far=WrongSignature(text),
            loss=Unloadable(text, text, lines),
        ),
        made.without_checks(text, Status.CRASHED, "cnn", text),
    ]


@pytest.mark.parametrize("text", MARKUP)
def test_nothing_that_a_student_wrote_acts_on_an_html_page(made, text):
    reports = hostile(made, text)
    again = [made.report(f"{text} 2", rows=reports[0].checks[0])]
    view = overview_of(made.results(*reports, *again), made.results(*reports[1:]))
    plain = Tags(pages_of(made, *hostile(made, "x"))[0]).found
    page, _ = pages_of(made, *reports)
    assert Tags(page).found == plain  # the same elements and attributes as of a harmless one
    for one in (page, report_page(view, text), lecture_page(view)):
        tags = Tags(one).found
        known = {"html", "head", "meta", "title", "style", "body", "svg", "path", "g", "text",
                 "defs", "use", "clippath", "rect", "h1", "h2", "h3", "p", "b", "a", "table",
                 "tr", "th", "td", "div", "span", "code", "pre", "ul", "li", "details",
                 "summary"}  # fmt: skip
        assert {tag for tag, _ in tags} <= known
        assert not [name for _, own in tags for name in own if name.startswith("on")]
        assert all(own["href"].startswith(("#", "lecture.html")) for t, own in tags if t == "a")
        assert "default-src 'none'" in tags[3][1]["content"]


@pytest.mark.parametrize("text", MARKUP)
def test_nothing_that_a_student_wrote_is_markup_in_markdown(made, text):
    _, page = pages_of(made, *hostile(made, text))
    _, harmless = pages_of(made, *hostile(made, "x"))
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    assert elements(reader, page) == elements(reader, harmless)


def test_no_address_becomes_a_link():
    text = "http://evil.example www.evil.example ada@evil.example"
    assert escaped(text) == r"http\://evil\.example www\.evil\.example ada\@evil\.example"


def elements(reader, text):
    """What a reader finds in Markdown, without the words."""
    found = []
    for token in reader.parse(text):
        found.append((token.type, token.tag))
        inner = [t.type for t in token.children or () if t.type not in ("text", "text_special")]
        found += [kind for kind in inner if kind != "softbreak"]
    return found


def test_failures_come_first_and_one_message_says_all_of_a_file(made):
    page, text = pages_of(
        made,
        made.report("ada", loss=made.wrong(2.0), fit=NotWritten("Layer.fit")),
        made.report("ada", "mlp", **dict.fromkeys(
            ("rows", "far", "loss", "fit"), Unloadable("mlp.py", "SyntaxError: invalid syntax")
        )),
    )  # fmt: skip
    for shown in (text, "".join(Tags(page).texts)):
        words = " ".join(shown.replace("`", "").split())
        assert "2 of 8 points" in words and "layer: 2 of 4" in words and "mlp: 0 of 4" in words
        assert words.index("other values") < words.index("softmax")
        assert "Layer.fit: Think of fit." in words
        assert words.count("invalid syntax") == 1
        assert "mend that first" in words


def test_the_line_of_ones_own_and_the_instructors_words_are_shown(made):
    lines = (Line("layer.py", 12, "softmax", "return np.exp(zz)"),)
    report = made.report("ada", rows=Raised("NameError", "no zz", lines), far=Skipped("rows"))
    for shown in pages_of(made, report, said={("ada", "layer/rows"): ["See <b>slide 14</b>."]}):
        assert "layer.py, line 12, in softmax" in shown and "return np.exp(zz)" in shown
    page, text = pages_of(made, report, said={("ada", "layer/rows"): ["See <slide> 14.", "Or\n15"]})
    assert "See &lt;slide&gt; 14." in page and "> Your instructor: See <slide> 14." in text
    assert "> Your instructor: Or\n> 15" in text


def test_misread_digits_are_a_picture_and_words(made):
    images = np.zeros((2, 28, 28), np.uint8)
    seen = Confusion(np.array([[5, 7], [2, 6]]), images, (0, 1), (1, 0), ("3", "5"))
    missed = BelowBar(Accuracy(0.55, 20, 0.9, 0.95, 0.01, 30), 3, seen)
    page, text = pages_of(made, made.report("ada", fit=missed))
    [image] = [own for tag, own in Tags(page).found if tag == "img"]
    assert image["src"].startswith("data:image/png;base64,iVBOR")
    assert image["alt"] == "3 as 5 (7 times), 5 as 3 (2 times)"
    assert "on the diagonal" in page
    assert "Most often misread: 3 as 5 (7 times), 5 as 3 (2 times)" in text


def test_an_illustration_has_its_words_beside_it_and_nothing_in_them_acts(made):
    shown = Illustration(((tile(np.eye(3), 1.0),),), ("<b>",), (), "See <i>.", 'An "eye".')
    why = Explanation(illustration=shown)
    wrong = made.check("rows", made.wrong(2.0), explanation=why)
    page, _ = pages_of(made, made.report("ada", rows=wrong))
    [image] = [own for tag, own in Tags(page).found if tag == "img"]
    assert image["src"].startswith("data:image/png;base64,iVBOR") and image["alt"] == 'An "eye".'
    assert "See <i>." in Tags(page).texts


def test_withheld_words_are_on_no_page(made):
    own = Source("layer", "layer.py", b"def softmax(z): raise E\n")
    secret = "return 1 / (1 + np.exp(-z))"
    lines = (Line("neuron.py", 3, "sigmoid", secret),)
    outcomes = {
        "rows": Raised(secret, secret, lines, secret),
        "far": made.wrong(0.123456789, 42.5),
        "loss": WrongType("y", secret, "numbers"),
        "fit": Unloadable("layer.py", f"ValueError: {secret}", lines),
    }
    hidden = {name: without_words(outcome, own) for name, outcome in outcomes.items()}
    reports = [made.report(name, also={"open": True}, **hidden) for name in ("ada", "ben")]
    view = overview_of(made.results(*reports))
    for page in (*pages_of(made, *reports[:1]), report_page(view), lecture_page(view)):
        assert "np.exp" not in page and "0.1234" not in page and "42.5" not in page
    page, text = pages_of(made, *reports[:1])
    assert "once the bricks before this one are closed" in " ".join(text.split())


def test_without_a_grade_there_are_no_points(made):
    results = [
        made.report("ada", rows=Fault("disk")),
        made.without_checks("ada", Status.NOT_HANDED_IN, "mlp"),
    ]
    for shown in pages_of(made, *results):
        assert "? of 8 points" in shown
        assert "the kit failed here, not your code" in shown
        assert "Nothing was handed in for this brick." in shown


def test_the_mark_stands_beside_the_points_where_the_courses_rules_change_them(made):
    due = {"layer": datetime(2026, 12, 1, 23, 59)}
    told = (Correction("ada", 1.5, "Shown <in> the lab."),)
    rules = Rules({"layer": 1.0}, None, ZoneInfo("UTC"), due, Late(0.25), corrections=told)
    late = replace(made.report("ada"), when="2026-12-02T10:00:00+00:00")
    page, text = pages_of(made, late, rules=rules)
    for shown in (" ".join("".join(Tags(page).texts).split()), text.replace("\\", "")):
        assert "4 of 4 points" in shown and "Mark: 4.5 of 4" in shown
        assert "layer: -1: 1 day late." in shown and "+1.5: Shown <in> the lab." in shown
    in_time = replace(made.report("ben"), when="2026-12-01T10:00:00+00:00")
    assert not any("Mark:" in shown for shown in pages_of(made, in_time, rules=rules))
    nothing = made.without_checks("ben", Status.NOT_HANDED_IN)
    half = replace(rules, maximum=10.0)
    assert "Mark: 10 of 10" in pages_of(made, in_time, rules=half)[1]
    assert not any("Mark:" in shown for shown in pages_of(made, nothing, rules=half))


def test_what_could_not_be_used_is_not_called_graded(made):
    for status, is_said in ((Status.GRADED, True), (Status.NOT_USABLE, False)):
        report = replace(made.report("ada"), file="essay.pdf", status=status)
        assert all(("Graded: essay" in shown) == is_said for shown in pages_of(made, report))
