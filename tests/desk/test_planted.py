"""A student plants links, scripts and covers in a notebook: pages show them as text."""

import time
from contextlib import suppress
from pathlib import Path

import nbformat
import nbgrader
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from grader.desk import formulas
from grader.desk.clean import HtmlAsTyped, html, markdown
from grader.desk.deadline import TimeIsUp, at_most
from grader.desk.feedback import FeedbackExporter
from grader.report.html import CONTENT_SECURITY_POLICY

FORMGRADER = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
COVER = (
    '<a href="https://evil.example/" class="navbar-fixed-top modal-backdrop" id="toc" name="top" '
    'style="position:fixed;inset:0;opacity:0">EVIL</a>'
)
SCRIPT = "<script>EVIL()</script><img src=x onerror=EVIL()>"
TEXTS = {
    "mermaid": f"```mermaid\n</pre></div>{COVER}{SCRIPT}\n```",
    "mermaid with more": f"~~~mermaidEVIL x\n{SCRIPT}\n~~~",
    "mermaid click": '```mermaid\ngraph TD\nclick A "javascript:EVIL()"\n```',
    "link": COVER,
    "svg": '<svg onload="EVIL()"><a xlink:href="javascript:EVIL()"><text>x</text></a></svg>',
    "math": '<math href="javascript:EVIL()"><mtext style="position:fixed">x</mtext></math>',
    "base": '<base href="https://evil.example/">',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "style": "<style>body{background:url(https://evil.example/)} #toc:target{display:none}</style>",
    "sheet": '<link rel="stylesheet" href="https://evil.example/">',
    "frame": '<iframe srcdoc="<script>EVIL()</script>" src="https://evil.example/"></iframe>',
    "object": '<object data="data:text/html,EVIL"></object><embed src="https://evil.example/">',
    "form": '<form action="https://evil.example/"><input name="score" autofocus><button>x</form>',
    "details": '<details open ontoggle="EVIL()"><summary>x</summary></details>',
    "video": '<video src="https://evil.example/" poster="https://evil.example/"></video>',
    "comment": "<!-- EVIL --><!--><script>EVIL()</script>-->",
    "ids": '<b id="test-double" name="notebook">EVIL</b>',
    "remote picture": "![EVIL](https://evil.example/a.png)",
    "remote picture by name": "![EVIL][r]\n\n[r]: https://evil.example/a.png",
    "picture beside": "![EVIL](../../logout)",
    "picture with more": "![EVIL](data:image/svg+xml;base64,AAAA)",
    "picture of a page": "![EVIL](data:text/html,EVIL)",
    "link that runs": "[EVIL](javascript:EVIL())",
    "link to data": "[EVIL](data:text/html,EVIL)",
    "link without scheme": "[EVIL](//evil.example/)",
    "link beside": "[EVIL](figure.html)",
    "link by tab": "[EVIL](java&Tab;script:EVIL())",
    "link of blob": "[EVIL](blob:https://evil.example/)",
    "heading as a score": "# test-double",
    "heading as a comment": "# test-double-comment",
    "heading as extra credit": "## test-double_extra_credit",
    "heading as a part of the page": "# toc",
    "heading underlined": "notebook-container\n===",
    "heading with signs": "# *statusmessage*",
    "heading by entity": "# t&#111;c",
    "heading as MathJax": "# MathJax_Message",
    "formula link": r"$\href{https://evil.example/}{x}$",
    "formula style": r"$$\style{position:fixed}{x}$$",
    "formula class": r"$\class{navbar-fixed-top}{x}$",
    "formula id": r"\begin{align}\cssId{toc}{x}\end{align}",
    "formula unicode": r"$\unicode[EVIL]{x41}$",
    "formula require": r"$\require{html}x$",
    "formula macro": r"$\def\x{\x\x}\x$",
    "formula new command": r"$\newcommand{\x}{\x\x}\x$",
    "formula moves": r"$\hspace{-99em}x$",
    "formula kern": r"$x\kern-99em EVIL$",
    "formula raise": r"$\raise99em{EVIL}$",
    "formula lap": r"$\llap{EVIL}$",
    "formula rule": r"$\rule{99em}{99em}$",
    "formula space": r"$\Space{-99em}{0em}{0em} EVIL$",
    "formula root up": r"$\sqrt[\uproot{-999} EVIL]{x}$",
    "formula root left": r"$\sqrt[\leftroot{999} EVIL]{x}$",
    "formula rows": "$$a \\\\[-99em] b$$",
    "formula thin spaces": "$x" + r"\!" * 99 + "$",
    "formula box": r"$\bbox[99em,border:99em solid]{x}$",
    "formula MathML": r"$\mmlToken{mi}[href='https://evil.example/']{x}$",
    "formula in brackets": r"\\(\href{https://evil.example/}{x}\\)",
    "formula as text": r"\\[ \href{https://evil.example/}{x} \\]",
    "formula escaped": r"&#36;\href{https://evil.example/}{x}&#36;",
    "formula in a table": "|a|\n|-|\n|$\\href{https://evil.example/}{x}$|",
}
RESERVED = {"toc", "top", "notebook", "notebook-container", "statusmessage", "test-double"}
TAGS = {
    *("a", "b", "blockquote", "br", "code", "del", "details", "div", "em", "h1", "h2", "hr"),
    *("img", "li", "ol", "p", "pre", "span", "strong", "summary", "table", "tbody", "td", "th"),
    *("thead", "tr", "ul"),
}


def graded(*cells, metadata=None):
    """The notebook as the graded one is written."""
    known = new_code_cell("%check toy")
    known.metadata["nbgrader"] = {"grade": True, "grade_id": "test-double", "points": 1}
    known.metadata["nbgrader"] |= {"solution": False, "task": False, "score": 1}
    nb = new_notebook(cells=[*cells, known], metadata=metadata or {})
    return HtmlAsTyped().preprocess(nb, {})[0]


def stock(nb):
    """What a page of nbconvert's own has, with its own filters, as formgrader's may."""
    made = HTMLExporter(template_name="classic").from_notebook_node(nb)[0]
    return BeautifulSoup(made, "html.parser").select_one("#notebook-container")


def feedback(nb):
    made = FeedbackExporter(
        template_name="feedback",
        extra_template_basedirs=[str(FORMGRADER / "templates")],
        extra_template_paths=[
            str(FORMGRADER / "static" / "node_modules" / "bootstrap" / "dist" / "css")
        ],
    ).from_notebook_node(
        nb,
        {"nbgrader": {"notebook": "toy", "score": 1, "max_score": 1, "late_penalty": 0}},
    )[0]
    return BeautifulSoup(made, "html.parser")


def planted(page):
    """What no page may have, of all that it has."""
    found = []
    for element in page.find_all(True):
        if element.name == "math" or element.find_parent("math"):
            assert element.name in formulas.TAGS and element.attrs.keys() <= formulas.ATTRIBUTES
            continue
        if element.name not in TAGS:
            found.append(element.name)
        for name, value in element.attrs.items():
            words = " ".join(value) if isinstance(value, list) else value
            good = {
                "href": words.startswith(("https://", "#")),
                "src": words.startswith("data:image/png;base64,"),
                "id": words.startswith("cell-id=") or words not in RESERVED,
                "style": words.startswith("text-align:") or element.find_parent(class_="bricks"),
                "class": "navbar" not in words and "modal" not in words,
            }
            if not good.get(name, name in ("alt", "title")):
                found.append((element.name, name, words))
    return found


def in_feedback(page):
    """The cells of a feedback page; around them is nbgrader's own."""
    return page.select("#notebook-container")[-1]  # nbgrader has it twice


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_is_text_on_every_page(text):
    with_stock_filters = stock(graded(new_markdown_cell(text)))
    assert planted(with_stock_filters) == []
    ours = in_feedback(feedback(graded(new_markdown_cell(text))))
    for anchor in ours.find_all("a", attrs={"name": True}):
        del anchor["name"]  # nbgrader's, for its list of cells
    assert planted(ours) == []
    if "EVIL" in text:
        assert "EVIL" in ours.get_text() and "EVIL" in with_stock_filters.get_text()


@pytest.mark.parametrize("name", [name for name in TEXTS if name.startswith("formula")])
def test_a_formula_that_asks_for_more_is_code_which_mathjax_leaves_alone(name):
    page = stock(graded(new_markdown_cell(TEXTS[name])))
    assert page.find("pre", string=lambda text: text and text.strip() == TEXTS[name].strip())


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_feedback_does_without_the_graded_notebooks_help(text):
    """It may have been graded before, by other settings, or by hand."""
    nb = new_notebook(cells=[new_markdown_cell(text), new_raw_cell(text)])
    nb.cells[1].metadata.raw_mimetype = "text/html"
    assert planted(in_feedback(feedback(nb))) == []


@pytest.mark.parametrize("mimetype", ["text/html", "TEXT/HTML", "", "text/markdown"])
def test_a_raw_cell_is_text(mimetype):
    cell = new_raw_cell(COVER + SCRIPT, metadata={"raw_mimetype": mimetype})
    for page in (stock(graded(cell)), in_feedback(feedback(new_notebook(cells=[cell])))):
        assert page.find(string=lambda text: COVER in text) is not None
        assert page.find_all(["script", "img"]) == []


METADATA = {
    "tags": ["x navbar-fixed-top"],
    "transient": {"remove_source": True},
    "name": "toc",
    "slideshow": {"slide_type": "skip"},
    "magics_language": "html",
    "collapsed": True,
    "alt": '" onerror="EVIL()',
}


def test_metadata_are_neither_classes_nor_titles_and_hide_nothing():
    of_notebook = {
        "title": f"</title>{SCRIPT}",
        "authors": [{"name": SCRIPT}],
        "language_info": {"name": "x navbar-fixed-top", "pygments_lexer": "html"},
        "widgets": {},
    }
    nb = graded(new_code_cell("shown = 1", metadata=METADATA), metadata=of_notebook)
    assert dict(nb.metadata) == {} and dict(nb.cells[0].metadata) == {}
    for page in (stock(nb), in_feedback(feedback(nb))):
        assert "shown = 1" in page.get_text()
        assert not page.select(".navbar-fixed-top")


OUTPUTS = [
    new_output("display_data", {"text/html": COVER + SCRIPT}),
    new_output("display_data", {"text/html": SCRIPT}, metadata={"text/html": {"isolated": True}}),
    new_output("display_data", {"application/javascript": "EVIL()"}),
    new_output("display_data", {"text/markdown": TEXTS["mermaid"]}),
    new_output("display_data", {"text/latex": SCRIPT}),
    new_output("display_data", {"text/vnd.mermaid": SCRIPT}),
    new_output(
        "display_data",
        {"image/png": "AAAA"},
        metadata={"image/png": {"width": "1 onerror=EVIL() style=position:fixed"}},
    ),
    new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": SCRIPT}}),
    new_output("stream", name="stdout", text=f"\x1b]8;;https://evil.example\x07\x1b[31m{SCRIPT}"),
    new_output("error", ename="x", evalue=SCRIPT, traceback=[SCRIPT]),
]


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: str(output.get("data", output))[:40])
def test_outputs_are_cleaned(output):
    page = in_feedback(feedback(new_notebook(cells=[new_code_cell("x", outputs=[output])])))
    found = [it for it in planted(page) if it != ("span", "class", "ansi-red-fg")]
    assert found == []


def test_feedback_has_a_policy_before_all_else():
    head = feedback(graded(new_markdown_cell("x"))).head
    first = next(child for child in head.children if child.name)
    assert first["http-equiv"] == "Content-Security-Policy"
    assert first["content"] == CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "script" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    "attribute",
    [
        'style="margin-bottom: -999px"', 'style="position:fixed"', 'style="color: white"',
        'style="line-height: 0"', 'style="padding-left: 9999px"', 'class="navbar-fixed-top"',
        'class="highlight modal-backdrop"', 'id="toc"', 'name="top"', 'class="container"',
    ],
)  # fmt: skip
def test_no_style_class_or_id_of_a_students_is_left(attribute):
    for made in (html(f"<p {attribute}>x</p>"), markdown({}, f"<p {attribute}>x</p>")):
        assert attribute.partition("=")[0] not in made.replace('style=""', "")


def test_what_cannot_be_seen_is_gone_from_the_cells():
    hidden = "\U000e0041\u00ad\u202e" + "\u0336" * 99
    nb = graded(new_markdown_cell(f"a{hidden}b"), new_code_cell(f"a = 1  # {hidden}b"))
    assert [len(cell.source) for cell in nb.cells[:2]] <= [5, 12]
    assert "\u202e" not in nb.cells[0].source + nb.cells[1].source


FORMULA = r"$\frac{\partial L}{\partial w} = \operatorname{mean}(\mathbf{x}^\top (p - y))$"
ORDINARY = {
    "headings": "# One\n\n## Two\n\nText *and* **more**, `code`, [link](https://example.org).",
    "lists": "1. a\n2. b\n   - c\n\n- [ ] to do\n- [x] done",
    "table": "| a | b |\n|:-:|--:|\n| 1 | 2 |",
    "formulas": FORMULA + r" and $$\hat{y} \in \mathbb{R}^n,\quad \lVert w \rVert_2^2$$",
    "environment": "\\begin{align} a &= b \\\\ c &\\leftarrow d \\end{align}",
    "matrix": r"$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ $\bigl( x \bigr)$",
    "code": "```python\ndef f(x):\n    return r'\\hspace'\n```\n\n`$\\href$`",
    "path": r"It is in `C:\Users`, or in C:\Users.",
    "money": "It costs $5.",
    "quotation": "> said\n\n---\n\ncaf&eacute; < tea",
    "picture": "![plot](attachment:a.png)",
    "accents": "Cafe\u0301, Việt, Ελλάδα, 日本語",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_text_stays_as_it_is(text):
    attached = {"a.png": {"image/png": "iVBORw0KGgo="}}
    nb = graded(new_markdown_cell(text, attachments=attached))
    assert nb.cells[0].source == text
    assert nb.cells[0].attachments == attached
    page = in_feedback(feedback(nb))
    assert planted(page.select_one(".text_cell_render")) == []
    assert page.find("pre") is None or "```" in text or "%check" in page.find("pre").get_text()


def test_code_stays_as_it_is():
    code = "%%time\nx  = 1\n\n\n# é\n\tif x:\n        pass"
    nb = graded(new_code_cell(code))
    assert nb.cells[0].source == code and "magics_language" not in nb.cells[0].metadata


LIMIT = 20  # seconds for two pages: without a limit a single page took 52
SLOW = {
    "brackets": "\\\\[" * 6_666,
    "parentheses": "\\\\(" * 6_666,
    "environments": "\\begin{a}" * 2_222,
    "many environments": "".join(f"\\begin{{{'abcdefghi'[: n % 9]}}}" for n in range(1_500)),
    "code fence": "```python\n" + "a." * 9_990 + "\n```",
    "formulas": r"$\frac{1}{2}$ " * 1_400,
    "links": "[a](" * 5_000,
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_a_notebook_of_slow_texts_has_one_limit_for_all(text):
    """12 cells of the first took 52 s, on each page."""
    for page in (feedback, stock):
        page(graded(new_markdown_cell("imports take their time once")))
    began = time.process_time()
    nb = graded(*(new_markdown_cell(text) for _ in range(12)))
    feedback(nb)
    stock(nb)
    assert time.process_time() - began < LIMIT


@pytest.mark.long
@pytest.mark.parametrize(
    "code",
    ["a." * 50_000, "%%html\n" + "<a " * 50_000, "%%javascript\n" + "a." * 50_000, '"' * 100_000],
    ids=["dots", "magic", "another magic", "quotes"],
)
def test_a_notebook_of_slow_code_has_the_same_limit(code):
    began = time.process_time()
    nb = graded(*(new_code_cell(code) for _ in range(12)))
    feedback(nb)
    assert time.process_time() - began < LIMIT


@pytest.mark.long
def test_so_has_a_notebook_of_many_cells():
    nb = graded(*(new_markdown_cell(f"*{n}*") for n in range(50_000)))
    began = time.process_time()
    page = feedback(nb)
    assert time.process_time() - began < LIMIT
    assert "more cells)" in page.get_text()
    assert nb.cells[-2].metadata.nbgrader.grade_id == "test-double"


def test_work_that_takes_too_long_is_stopped_even_where_exceptions_are_caught():
    def endless():
        while True:
            with suppress(Exception):
                sum(range(1_000))

    began = time.process_time()
    with pytest.raises(TimeIsUp), at_most(0.2):
        endless()
    assert time.process_time() - began < 5
    with at_most(0.2):
        pass
    sum(range(20_000_000))  # no signal comes later


def test_the_notebook_is_one_still():
    nb = graded(*(new_raw_cell(text) for text in TEXTS.values()))
    nbformat.validate(nb)
