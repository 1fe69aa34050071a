"""What students type as text is shown, and nothing of it runs in a browser."""

import re
import time
from html import unescape

import nbformat
import pytest
from nbconvert.filters.markdown import markdown2html

from grader.desk.clean import HtmlAsTyped, html, markdown
from grader.desk.source import student_notebook

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
FORMULAS = [
    r"$\text{<script>alert(1)</script>}$",
    r"$\text{&lt;img src=x onerror=alert(1)&gt;}$",
    r"$$\href{javascript:alert(1)}{x}$$",
    r"$\style{background:url(https://example.org)}{x}$ $\class{a}{b}$",
    r"$\color{red\" onclick=\"alert(1)}{x}$",
    r"[$x$](https://example.org) ![$\text{\" onerror=alert(1)}$](attachment:a.png)",
    "# $\\text{<i onclick=alert(1)>}$",
]
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


@pytest.mark.parametrize("text", [*RUNS, *FORMULAS])
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


def test_formulas_are_made_here_and_not_by_a_script():
    made = markdown({}, "$$a < b$$ and $x_1$, \\begin{align}c\\end{align}")
    assert made.count("<math ") == 3 and "$" not in made and "begin" not in made
    assert '<math display="block">' in made
    assert "<mi>a</mi><mo>&lt;</mo><mi>b</mi>" in made
    assert "<msub><mi>x</mi><mn>1</mn></msub>" in made


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_keep_only_what_mathml_needs(text):
    for formula in re.findall("<math .*?</math>", markdown({}, text)):
        assert not re.search(r"<[^>]* (href|style|class|id|on\w+)=", formula)
        assert set(re.findall(r"<(\w+)", formula)) <= {"math", "mrow", "mi", "mo", "mn", "mtext",
                                                       "mstyle"}  # fmt: skip


@pytest.mark.parametrize(
    "text", [r"$\frac$", r"$\def\a{\a\a}\a$", "$a^$", f"${'{' * 3000}$", "$ $", "$$$$"]
)
def test_what_is_no_formula_is_shown_as_typed(text):
    assert text in unescape(markdown({}, text))


def test_code_is_no_formula():
    assert markdown({}, "`$x$`") == "<p><code>$x$</code></p>\n"


@pytest.mark.parametrize("brick", ["neuron", "layer", "mlp", "convolution", "cnn", "features"])
def test_every_formula_of_the_course_is_one(course, brick):
    for cell in student_notebook(course, brick).cells:
        if cell.cell_type == "markdown":
            made = markdown({}, cell.source)
            assert "$" not in made and "\\" not in re.sub("<code>.*?</code>", "", made)


LOADED = re.compile(
    r"""<(script|img|iframe|audio|video|embed|source|input)[^>]*\ src=["'](?!data:)|<link|<object
    |@import|url\(["']?(https?:|//)""",
    re.IGNORECASE | re.VERBOSE,
)


@pytest.mark.slow
def test_feedback_asks_nothing_of_the_network(desk):
    def formulas(notebook):
        notebook.cells.append(nbformat.v4.new_markdown_cell("$$q^2$$"))

    desk.hand_in("ada", desk.RIGHT, change=formulas)
    assert desk.nbgrader("autograde", "toy") == 0
    assert desk.nbgrader("generate_feedback", "toy") == 0
    page = desk.feedback("ada")
    assert "<msup><mi>q</mi><mn>2</mn></msup>" in page
    assert not LOADED.search(page)
    assert "MathJax.Hub" not in page


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
