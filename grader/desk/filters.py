"""Filters for nbconvert that make HTML in which nothing runs.

nbgrader's own pages clean only outputs. They insert a student's Markdown unchanged, also into the
page that the instructor's browser shows.
"""

import re
import secrets
from collections.abc import Mapping
from html import escape
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer
from pygments.token import STANDARD_TYPES

from grader.desk.formulas import mathml
from grader.desk.plain import LINK, PICTURE, pictures, rendered
from grader.report.html import STYLES as OUR_STYLES

TAGS = {
    *bleach.ALLOWED_TAGS,
    *(
        "br",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "kbd",
    ),
    *("p", "pre", "span", "sub", "sup", "table", "summary", "tbody", "td", "th", "thead", "tr"),
}
# Classes of highlighted code, tables and the kit's results. Others in a page's style sheet would
# put an element above all others.
CLASSES = {*STANDARD_TYPES.values(), "bricks", "dataframe", "highlight", "tex2jax_ignore"}
PLACEHOLDER = re.compile(r"formula-[0-9a-f]{32}-\d+")
# Whole values of `style`: some others would cover or hide the text beside them.
STYLES = {*OUR_STYLES, *(f"text-align:{side}" for side in ("left", "center", "right"))}
PROPERTIES = CSSSanitizer(
    allowed_css_properties=[style.partition(":")[0].strip() for styles in STYLES
                            for style in styles.split(";")]
)  # fmt: skip
LONG = 20_000  # characters; the time to render Markdown grows with the square of their number


def shortened(text: str, most: int = LONG) -> str:
    """The text, cut at `most` characters; the submitted notebook has all of it."""
    rest = len(text) - most
    return text if rest <= 0 else f"{text[:most]} ... (and {rest:,} more characters)"


def html(text: object) -> str:
    """The HTML of an output, or of highlighted code, without anything that runs."""
    cleaned: str = bleach.clean(
        text.decode() if isinstance(text, bytes) else str(text),
        tags=TAGS,
        attributes=_allowed,
        protocols={*bleach.ALLOWED_PROTOCOLS, "data"},
        css_sanitizer=PROPERTIES,
    )
    return cleaned


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute is allowed. A picture must be embedded: others ask another server."""
    if tag == "img":
        return name == "alt" or (name == "src" and PICTURE.match(value) is not None)
    if name == "href":
        return LINK.match(value.strip()) is not None
    if name == "class":
        return all(word in CLASSES or PLACEHOLDER.fullmatch(word) for word in value.split())
    if name == "style":
        return value in STYLES
    return name in bleach.ALLOWED_ATTRIBUTES.get(tag, ())


@pass_context
def markdown(context: Mapping[str, Any], text: str) -> str:
    """A text cell or a comment as HTML, with its formulas and the pictures attached to it."""
    text = shortened(text)
    attachments = pictures(context.get("cell", {}).get("attachments", {}))
    renderer = _WithFormulas(escape=False, attachments=attachments, exclude_anchor_links=True)
    try:
        page = rendered(renderer, text)
    except (InvalidNotebook, RecursionError):  # no attached picture may stop a class
        page = f"<pre>{escape(text)}</pre>"
    return renderer.put_into(html(page))


class _WithFormulas(IPythonRenderer):
    """Sets formulas aside while the rest is cleaned, so that no other MathML is let through.

    An element with a secret class replaces each formula: the author of the text cannot write one.
    """

    def __init__(self, **rest: Any):
        super().__init__(**rest)
        self._formulas: list[str] = []
        self._secret = f"formula-{secrets.token_hex(16)}"

    def put_into(self, page: str) -> str:
        placeholder = rf'<span class="{self._secret}-(\d+)"></span>'
        return re.sub(placeholder, lambda match: self._formulas[int(match[1])], page)

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre><code>{escape(code)}</code></pre>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture that is not attached is shown as it was typed."""
        if PICTURE.match(self._embed_image_or_attachment(url)):
            return super().image(text, url, title)
        return escape(f"![{text}]({url})")

    def task_list_item(self, text: str, checked: bool = False) -> str:
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"

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
        return f'<span class="{self._secret}-{len(self._formulas) - 1}"></span>'
