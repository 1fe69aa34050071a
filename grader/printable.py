"""Text from outside, without what could act on a terminal or hide other text."""

import re

MAX_TEXT = 2_000  # characters of what an exception says
TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)?|\x1b[@-_]?")
# Control characters except tab and new line; then marks that turn the direction of text, or have
# no width: some languages need them in words, but no message of Python does.
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def printable(text: str) -> str:
    """The text in a form that can be printed, and written to a file.

    Commands to terminals (colours, moves) and invisible characters are removed, a carriage return
    alone starts a line, and half a surrogate pair, which no file can hold, is replaced.
    """
    text = TERMINAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return INVISIBLE.sub("", text).encode("utf-8", "replace").decode("utf-8")
