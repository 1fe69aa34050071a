"""Recognises files that are no brick (documents, archives, pictures) by their first bytes."""

import re

from grader.language import N_, _

STARTS = (
    (b"%PDF", N_("a PDF")),
    (b"\xd0\xcf\x11\xe0", N_("an old Word, Excel or PowerPoint document")),
    (b"{\\rtf", N_("a document of a word processor (RTF)")),
    (b"Rar!", N_("a RAR archive")),
    (b"7z\xbc\xaf", N_("a 7z archive")),
    (b"\x1f\x8b", N_("a gzip archive")),
    (b"\x89PNG", N_("a picture (PNG)")),
    (b"\xff\xd8\xff", N_("a picture (JPEG)")),
    (b"GIF8", N_("a picture (GIF)")),
    (b"bplist", N_("a property list of macOS")),
    (b"\x7fELF", N_("a compiled program")),
    (b"version https://git-lfs", N_("a pointer of Git LFS, and not the file itself")),
    (b"[InternetShortcut]", N_("a shortcut to a web page")),
)
OFFICE = (
    (b"word/", N_("a Word document")),
    (b"xl/", N_("an Excel sheet")),
    (b"ppt/", N_("slides")),
)
HTML = re.compile(rb"\s*(<\?xml[^>]*>\s*)?<(!doctype html|html|head|body)\b", re.IGNORECASE)
LOOKED_AT = 4_096  # bytes


def something_else(content: bytes) -> str:
    """Why the content is neither Python nor a notebook, as a clause; empty if it may be."""
    head = content[:LOOKED_AT]
    if not content.strip():
        return _("it is empty")
    if head.startswith(b"PK\3\4"):
        return _("it is {what}").format(what=_(_packed(content)))
    for start, what in STARTS:
        if head.startswith(start):
            return _("it is {what}").format(what=_(what))
    if HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return _("it is a web page (HTML)")
    if head[2:4] == b"\r\n" and b"\0" in head[:16]:
        return _("it is compiled Python (.pyc)")
    if wide := _wide(head):
        return _("it is text in {coding}: save it as UTF-8").format(coding=wide)
    return ""


def _packed(content: bytes) -> str:
    for folder, what in OFFICE:
        if folder in content:
            return what
    if b"mimetypeapplication/vnd.oasis" in content[:200]:
        return N_("an OpenDocument file")
    return N_("a zip archive")


def _wide(head: bytes) -> str:
    """UTF-16 or UTF-32, if the text is coded so; with or without a byte-order mark."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    pairs = head[: len(head) // 2 * 2]
    for zeros, others in ((pairs[1::2], pairs[::2]), (pairs[::2], pairs[1::2])):
        if len(zeros) > 8 and not any(zeros) and all(others):
            return "UTF-16"
    return ""
