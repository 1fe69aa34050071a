"""Finds out whether a text is plain Markdown, which is harmless even if nobody cleans its HTML."""

import re
from collections.abc import Collection, Mapping
from html import unescape
from typing import Any
from urllib.parse import unquote

from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath

from grader.desk.formulas import asks_for_more

# No relative link: a student's own HTML page would run with the rights of formgrader's page.
LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,")
MEDIA = ("image/png", "image/jpeg", "image/gif")
CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)  # MathJax leaves it alone
FORMULA = re.compile(r"\$|\\\(|\\\[|\\begin|\\(eq)?ref\b")
HEADING = re.compile(r'<h\d id="([^"]*)"')
# Ids of elements in nbgrader's pages; formgrader's script looks some of them up.
IDS = frozenset(("notebook", "notebook-container", "statusmessage", "toc", "top"))

Attachments = dict[str, dict[str, str]]  # by file name: media type, and bytes in base64


def ids_of(grade_ids: Collection[str]) -> frozenset[str]:
    """The ids that elements of nbgrader's pages have: a heading must not have one of these."""
    return IDS | {
        f"{before}{name}{after}"
        for name in grade_ids
        for before, after in (("", ""), ("comment-", ""), ("", "-comment"), ("", "_extra_credit"))
    }


def pictures(attachments: Any) -> Attachments:
    """The attached pictures of types in which nothing runs. attachments: any value from JSON."""
    if not isinstance(attachments, Mapping):
        return {}
    found = {
        str(name): {
            media: text
            for media, text in by_media.items()
            if media in MEDIA and isinstance(text, str)
        }
        for name, by_media in attachments.items()
        if isinstance(by_media, Mapping)
    }
    return {name: by_media for name, by_media in found.items() if by_media}


def has_more(text: str, attachments: Attachments, ids: Collection[str] = IDS) -> bool:
    """Whether the text is more than plain Markdown, or cannot be rendered."""
    full = IPythonRenderer(escape=False, attachments=attachments)
    plain = _Plain(escape=False, attachments=attachments, allow_harmful_protocols=False)
    try:
        page = rendered(full, text)
        if page != rendered(plain, text):
            return True
    except (InvalidNotebook, RecursionError):
        return True
    headings = {unescape(unquote(unescape(name))) for name in HEADING.findall(page)}
    if any(name in ids or name.startswith("MathJax") for name in headings):
        return True
    words = unescape(CODE.sub("", page))
    return FORMULA.search(words) is not None and asks_for_more(words)


def rendered(renderer: IPythonRenderer, text: str) -> str:
    return MarkdownWithMath(renderer).render(text)


class _Plain(IPythonRenderer):
    """Renders only plain Markdown: no HTML, nothing that runs, nothing from elsewhere."""

    def block_html(self, html: str) -> str:
        return ""

    def inline_html(self, html: str) -> str:
        return ""

    def block_mermaidjs(self, code: str) -> str:  # which nbconvert puts out as HTML
        return ""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, url, title) if LINK.match(url.strip()) else ""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        made = super().image(text, url, title)
        return made if PICTURE.match(self._embed_image_or_attachment(url)) else ""
