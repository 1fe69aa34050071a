"""What students type as text is shown, and nothing of it runs in a browser."""

import re
import time
from html import unescape

import nbformat
import pytest
from nbconvert.filters.markdown import markdown2html

from grader.desk.clean import HtmlAsTyped, html, markdown

PASTED = {"a.png": {"image/png": "iVBORw0KGgo="}}
RUNS = [
    "<script>alert(1)</script>",
    "well <img src=x onerror=alert(1)> done",
    "- a\n    <b onclick=alert(1)>",
    "|a|b|\n|-|-|\n|<i onclick=alert(1)>|x|",
    "$$ <script> \n <b>$$ <i onclick=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:1)",
    "[x](&#106;avascript:alert(1))",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "[x](data:text/html,<script>alert(1)</script>)",
    "\r<script>alert(1)</script>\r\n\r\n<b onclick=alert(1)>",
]
BESIDE = ["[a figure](figure.html)", "[x]( figure.svg 'title')", "[x][r]\n\n[r]: a/b.html"]
RUNNING = re.compile(r"<script|<[^>]*(onerror|onclick|script:|data:text)", re.IGNORECASE)
PLAIN = [
    "# A title\n\n> a *quote*\n\n- a < b, $a<b$ and `<b>`\n- [a link](https://example.org)",
    "```html\n<script>alert(1)</script>\n```",
    "$$\na <b> c\n$$",
    "caf&eacute; &lt;script&gt;",
    "![pasted](attachment:a.png)",
]


def as_typed(text):
    cell = nbformat.v4.new_markdown_cell(text, attachments=PASTED)
    return HtmlAsTyped().preprocess_cell(cell, {}, 0)[0].source


@pytest.mark.parametrize("text", RUNS)
def test_the_filter_leaves_nothing_that_runs(text):
    assert not RUNNING.search(markdown({}, text))


@pytest.mark.parametrize("text", RUNS)
def test_without_the_filter_it_is_shown_as_typed(text):
    assert RUNNING.search(markdown2html(text))
    shown = markdown2html(as_typed(text))
    assert not RUNNING.search(shown)
    assert unescape("".join(shown.split())) == "".join(f"<pre><code>{text}</code></pre>".split())


@pytest.mark.parametrize("text", BESIDE)
def test_a_link_to_a_file_beside_the_notebook_leads_nowhere(text):
    """Formgrader would serve it as a page of its own."""
    assert "href" not in markdown({}, text)
    assert "href" not in html(markdown2html(as_typed(text)))


@pytest.mark.parametrize("piece", ["\\begin{a}", "\\\\\\\\[", "a"])
def test_what_is_very_long_is_shortened(piece):
    """Of a megabyte of the first two, Markdown takes half an hour."""
    text = piece * (1_000_000 // len(piece))
    began = time.process_time()
    assert "more characters" in markdown({}, text)
    assert "more characters" in as_typed(text)
    assert time.process_time() - began < 20


@pytest.mark.parametrize("text", PLAIN)
def test_markdown_that_is_only_that_stays(text):
    assert as_typed(text) == text


def test_pictures_are_those_in_the_notebook():
    assert 'src="data:image/png;base64,AA"' in html('<img src="data:image/png;base64,AA" alt="x">')
    for elsewhere in ("https://example.org/a.png", "data:image/svg+xml;base64,AA", "a.png"):
        assert "src" not in html(f'<img src="{elsewhere}">')


def test_a_pasted_picture_is_in_the_feedback_and_one_that_is_missing_stops_nothing(desk):
    def with_pictures(notebook):
        notebook.cells += [
            nbformat.v4.new_markdown_cell("![pasted](attachment:a.png)", attachments=PASTED),
            nbformat.v4.new_markdown_cell("![lost](attachment:b.png)"),
        ]

    desk.hand_in("ada", desk.RIGHT, change=with_pictures)
    assert desk.nbgrader("autograde", "toy") == 0
    assert desk.nbgrader("generate_feedback", "toy") == 0
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in desk.feedback("ada")
    assert "![lost](attachment:b.png)" in desk.feedback("ada")
