"""Filters for nbconvert, named in nbgrader_config.py, that make HTML in which nothing runs.

nbgrader's own pages clean outputs at most. They insert a student's Markdown as it is, also into the
page that the instructor's browser shows.
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
# No relative link: a student's own HTML page would run with the rights of formgrader's page.
LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
LONG = 20_000  # characters; the time to render Markdown grows with the square of their number

Attachments = dict[str, dict[str, str]]  # by file name: media type, and bytes in base64


def html(text: object) -> str:
    """The HTML of an output, or of highlighted code, without anything that runs."""
    cleaned: str = bleach.clean(
        text.decode() if isinstance(text, bytes) else str(text),
        tags=TAGS,
        attributes=_allowed,
        protocols={*bleach.ALLOWED_PROTOCOLS, "data"},
        css_sanitizer=STYLES,
    )
    return cleaned


def _allowed(tag: str, name: str, value: str) -> bool:
    """A picture must be embedded in the notebook: any other is a request to another server."""
    if tag == "img":
        return name == "alt" or (name == "src" and PICTURE.match(value) is not None)
    if name == "href":
        return LINK.match(value.strip()) is not None
    return name in ("class", "id", "style") or name in bleach.ALLOWED_ATTRIBUTES.get(tag, ())


@pass_context
def markdown(context: Mapping[str, Any], text: str) -> str:
    """A text cell or a comment as HTML, with its formulas and the pictures attached to it."""
    attachments = context.get("cell", {}).get("attachments", {})
    text = _shortened(text)
    renderer = _WithFormulas(escape=False, attachments=attachments)
    try:
        page = _rendered(renderer, text)
    except InvalidNotebook:  # an attached picture is missing, which must not stop a class
        page = f"<pre>{escape(text)}</pre>"
    return renderer.put_into(html(page))


class _WithFormulas(IPythonRenderer):
    """Sets formulas aside while the rest is cleaned, so that no other MathML is let through.

    An element with a secret id replaces each formula: the author of the text cannot write one.
    """

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        self._formulas: list[str] = []
        self._secret = secrets.token_hex(16)

    def put_into(self, page: str) -> str:
        placeholder = rf'<span id="{self._secret}-(\d+)"></span>'
        return re.sub(placeholder, lambda match: self._formulas[int(match[1])], page)

    def inline_math(self, body: str) -> str:
        return self._set_aside(body, "inline") or super().inline_math(body)

    def block_math(self, body: str) -> str:
        return self._set_aside(body, "block") or super().block_math(body)

    def latex_environment(self, name: str, body: str) -> str:
        latex = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return self._set_aside(latex, "block") or super().latex_environment(name, body)

    def _set_aside(self, latex: str, display: str) -> str:
        formula = mathml(latex, display)
        if formula is None:
            return ""
        self._formulas.append(formula)
        return f'<span id="{self._secret}-{len(self._formulas) - 1}"></span>'


class HtmlAsTyped(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Shows a text cell that has HTML in it, or a link that runs something, as it was typed.

    Formgrader uses the filters of the folder in which Jupyter was started. A course that it opens
    later (formgrader/?path=...) is shown without its own filters, and must not need them.
    """

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        if cell.cell_type == "markdown":
            cell.source = _shortened(cell.source)
        if cell.cell_type == "markdown" and _has_more(cell.source, cell.get("attachments", {})):
            cell.source = textwrap.indent(cell.source, " " * 4, lambda line: True)
        return cell, resources


class _Plain(IPythonRenderer):
    """Renders Markdown alone: no HTML, and no link that runs something."""

    def block_html(self, html: str) -> str:
        return ""

    def inline_html(self, html: str) -> str:
        return ""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, url, title) if LINK.match(url.strip()) else ""


def _shortened(text: str) -> str:
    """The text, cut at LONG characters; the submitted notebook has all of it."""
    rest = len(text) - LONG
    return text if rest <= 0 else f"{text[:LONG]} ... (and {rest:,} more characters)"


def _has_more(text: str, attachments: Attachments) -> bool:
    """Whether the text has more in it than plain Markdown, or cannot be rendered."""
    full = IPythonRenderer(escape=False, attachments=attachments)
    plain = _Plain(escape=False, attachments=attachments, allow_harmful_protocols=False)
    try:
        return _rendered(full, text) != _rendered(plain, text)
    except InvalidNotebook:
        return True


def _rendered(renderer: IPythonRenderer, text: str) -> str:
    return MarkdownWithMath(renderer).render(text)
