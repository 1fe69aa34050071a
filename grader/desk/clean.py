"""HTML without anything that runs: filters for nbconvert, named in nbgrader_config.py.

nbgrader's own pages clean outputs at most; text that a student wrote, as Markdown, goes into them
as it is, into the instructor's browser too.
"""

import re
import secrets
import textwrap
from collections.abc import Mapping
from html import escape
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.desk.formulas import mathml

TAGS = {
    *bleach.ALLOWED_TAGS,
    *("br", "dd", "del", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "kbd"),
    *("p", "pre", "span", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr"),
}
STYLES = CSSSanitizer(
    allowed_css_properties=[
        *("border-left", "color", "font-family", "font-weight", "line-height", "margin-bottom"),
        *("overflow-x", "padding-left", "text-align", "white-space"),
    ]
)
PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,")
# No file beside the notebook: a page that a student made would run in the place of formgrader.
LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
LONG = 20_000  # characters of a text; the time that Markdown takes grows with their square

Attachments = dict[str, dict[str, str]]  # by name: what it is, and its bytes in base64


def html(text: object) -> str:
    """What is shown of an output, or of highlighted code."""
    cleaned: str = bleach.clean(
        text.decode() if isinstance(text, bytes) else str(text),
        tags=TAGS,
        attributes=_stays,
        protocols={*bleach.ALLOWED_PROTOCOLS, "data"},
        css_sanitizer=STYLES,
    )
    return cleaned


def _stays(tag: str, name: str, value: str) -> bool:
    """Pictures are those that lie in the notebook: another is a question to somebody's server."""
    if tag == "img":
        return name == "alt" or (name == "src" and PICTURE.match(value) is not None)
    if name == "href":
        return LINK.match(value.strip()) is not None
    return name in ("class", "id", "style") or name in bleach.ALLOWED_ATTRIBUTES.get(tag, ())


@pass_context
def markdown(context: Mapping[str, Any], text: str) -> str:
    """A text cell or a comment, with its formulas and the pictures that were pasted into it."""
    attachments = context.get("cell", {}).get("attachments", {})
    text = _shortened(text)
    renderer = _WithFormulas(escape=False, attachments=attachments)
    try:
        made = _made(renderer, text)
    except InvalidNotebook:  # a picture is named that is not there: no reason to stop a class
        made = f"<pre>{escape(text)}</pre>"
    return renderer.put_into(html(made))


class _WithFormulas(IPythonRenderer):
    """Keeps formulas aside while the rest is cleaned, so that nobody else's MathML is let through.

    What stands in for each is an element that nobody who wrote the text could have written.
    """

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        self._formulas: list[str] = []
        self._secret = secrets.token_hex(16)

    def put_into(self, page: str) -> str:
        place = rf'<span id="{self._secret}-(\d+)"></span>'
        return re.sub(place, lambda match: self._formulas[int(match[1])], page)

    def inline_math(self, body: str) -> str:
        return self._aside(body, "inline") or super().inline_math(body)

    def block_math(self, body: str) -> str:
        return self._aside(body, "block") or super().block_math(body)

    def latex_environment(self, name: str, body: str) -> str:
        whole = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return self._aside(whole, "block") or super().latex_environment(name, body)

    def _aside(self, latex: str, display: str) -> str:
        formula = mathml(latex, display)
        if formula is None:
            return ""
        self._formulas.append(formula)
        return f'<span id="{self._secret}-{len(self._formulas) - 1}"></span>'


class HtmlAsTyped(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Shows a text cell that holds HTML, or a link that runs something, as it was typed.

    Formgrader keeps the filters of the folder that Jupyter was started in: a course that it is led
    to later (formgrader/?path=...) is shown without this course's. Such a notebook needs none.
    """

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        if cell.cell_type == "markdown":
            cell.source = _shortened(cell.source)
        if cell.cell_type == "markdown" and _is_more(cell.source, cell.get("attachments", {})):
            cell.source = textwrap.indent(cell.source, " " * 4, lambda line: True)
        return cell, resources


class _Plain(IPythonRenderer):
    """Markdown alone."""

    def block_html(self, html: str) -> str:
        return ""

    def inline_html(self, html: str) -> str:
        return ""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, url, title) if LINK.match(url.strip()) else ""


def _shortened(text: str) -> str:
    """What is shown of a text; the whole is in what was handed in."""
    rest = len(text) - LONG
    return text if rest <= 0 else f"{text[:LONG]} ... (and {rest:,} more characters)"


def _is_more(text: str, attachments: Attachments) -> bool:
    """Whether there is more in it than Markdown makes, or than can be shown."""
    whole = IPythonRenderer(escape=False, attachments=attachments)
    plain = _Plain(escape=False, attachments=attachments, allow_harmful_protocols=False)
    try:
        return _made(whole, text) != _made(plain, text)
    except InvalidNotebook:
        return True


def _made(renderer: IPythonRenderer, text: str) -> str:
    return MarkdownWithMath(renderer).render(text)
