"""Text from outside, without what could act on a terminal or hide other text."""

import re
import unicodedata

READ = 2_000  # characters of a text that are read
MAX_TEXT = 200  # characters of an exception's text
TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)?|\x1b[@-_]?")
# Control characters except tab and new line; then all that Unicode calls ignorable by default: it
# turns the direction of text, or has no width, and can spell out words that only machines read
# (tags, variation selectors). Some languages need these in words, but no message of Python does.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
CUT = " ..."
MARKS = 3  # on one letter, at most; Vietnamese has two, Hebrew and Thai three


def printable(text: str) -> str:
    """The text in a form that can be printed, and written to a file.

    Commands to terminals (colours, moves), invisible characters, and marks that are piled up or
    stand on no letter are removed; a carriage return alone starts a line, and half a surrogate
    pair, which no file can hold, is replaced.
    """
    text = TERMINAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    text = INVISIBLE.sub("", text)
    if not text.isascii():
        text = without_piles(text)
    return text.encode("utf-8", "replace").decode("utf-8")


def one_line(text: str, most: int = MAX_TEXT) -> str:
    """The first line with something to see in it, with single spaces, of `most` characters."""
    lines = (" ".join(line.split()) for line in printable(text[:READ]).split("\n"))
    line = next(filter(None, lines), "")
    return line if len(line) <= most else f"{line[: most - len(CUT)]}{CUT}"


def without_piles(text: str) -> str:
    """The text with at most MARKS combining marks on a letter: many would cover other lines."""
    kept = []
    room = 0
    for character in text:
        if unicodedata.category(character) in ("Mn", "Me"):
            room -= 1
            if room < 0:
                continue
        else:
            room = 0 if character.isspace() else MARKS
        kept.append(character)
    return "".join(kept)
