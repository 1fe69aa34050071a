"""Reads from a file's name which brick it is meant to be, as people and browsers write names."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# The suffix, and what may stand after it: Windows hides `.txt`, browsers save notebooks as JSON,
# and browsers, wget and file managers number copies.
SUFFIX = re.compile(
    r"\.(?P<kind>py|ipynb)(?:\.(?:txt|text|json|download))?"
    r"(?:\s*\(\d+\)|\.\d+|\s*[-\u2013\u2014_]\s*\w+)?[\s.]*$",
    re.IGNORECASE,
)
ANY_SUFFIX = re.compile(r"\.\w+[\s.]*$")
# Only the content of files with these suffixes can show that they are a brick.
PERHAPS = re.compile(r"(\.(txt|text|json|pyw)|^[^.]+)[\s.]*$", re.IGNORECASE)
# Files that systems leave behind; no student means to hand them in.
HIDDEN = re.compile(r"\.[^.\\]")
NOISE = {"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "submission_metadata.yml"}
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Words in the names of the kit's files, and of a student's own tests and drawings.
ABOUT = re.compile(r"(?<![a-z])(tests?|conftest|show|plots?)(?![a-z])")


def is_noise(name: str) -> bool:
    return name in NOISE or HIDDEN.match(name) is not None


def is_code(name: str) -> bool:
    """Whether the name is one of a module or a notebook, as people's systems alter it."""
    return SUFFIX.search(name) is not None


def may_be_code(name: str) -> bool:
    return is_code(name) or PERHAPS.search(name) is not None


def is_zip_name(name: str) -> bool:
    return name.lower().rstrip().endswith(".zip")


def is_notebook_name(name: str) -> bool:
    found = SUFFIX.search(name)
    return bool(found and found["kind"].lower() == "ipynb") or ".json" in name.lower()


def is_about(name: str) -> bool:
    """Whether the name is that of tests or drawings of a brick, and not of a brick."""
    return ABOUT.search(name.casefold()) is not None


def meant_by(name: str, bricks: Sequence[str]) -> str:
    """The one brick that the file's name names; empty if it names none, or several."""
    return _meant_by(name, tuple(bricks))


@lru_cache(maxsize=65_536)  # more files than a student may have: each is asked for each brick
def _meant_by(name: str, bricks: tuple[str, ...]) -> str:
    suffix = SUFFIX.search(name)
    return _in_stem(name[: suffix.start()], bricks) if suffix else ""


def named_after(name: str, bricks: Sequence[str]) -> str:
    """The same, whatever kind of file its suffix says that it is."""
    return _in_stem(ANY_SUFFIX.sub("", name), bricks)


def _in_stem(stem: str, bricks: Sequence[str]) -> str:
    stem = unicodedata.normalize("NFKC", stem)
    words = CAMEL.sub(" ", stem).casefold()
    if ABOUT.search(words):
        return ""
    named = [brick for brick in bricks if _names(words, brick) or _names(stem.casefold(), brick)]
    return named[0] if len(named) == 1 else ""


def _names(words: str, brick: str) -> bool:
    return re.search(rf"(?<![a-z]){re.escape(brick.casefold())}(?![a-z])", words) is not None
