"""HTML without anything that runs: filters for nbconvert, named in nbgrader_config.py.

nbgrader's own pages clean outputs at most; text that a student wrote, as Markdown, goes into them
as it is, into the instructor's browser too.
"""

import bleach
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.filters.markdown import markdown2html

TAGS = {
    *bleach.ALLOWED_TAGS,
    *("br", "dd", "del", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "kbd", "p"),
    *("pre", "span", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr"),
}
ATTRIBUTES = {**bleach.ALLOWED_ATTRIBUTES, "*": ["class", "id", "style"]}
STYLES = CSSSanitizer(
    allowed_css_properties=[
        *("border-left", "color", "font-family", "font-weight", "line-height", "margin-bottom"),
        *("overflow-x", "padding-left", "text-align", "white-space"),
    ]
)


def html(text: object) -> str:
    """What is shown of an output, or of highlighted code."""
    cleaned: str = bleach.clean(
        text.decode() if isinstance(text, bytes) else str(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        css_sanitizer=STYLES,
    )
    return cleaned


def markdown(text: str) -> str:
    """A text cell or a comment."""
    return html(markdown2html(text))
