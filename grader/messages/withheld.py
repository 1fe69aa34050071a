"""Outcomes without the words of the code under test.

A brick that runs on the references of others could carry their text out in an exception. While
those bricks are open for handing in, its messages say what happened in our words alone.
"""

import builtins
from collections.abc import Iterable
from dataclasses import replace

from grader.implementation import Source, lines_of
from grader.outcome import (
    Line,
    Missing,
    NotWritten,
    Outcome,
    Raised,
    Unloadable,
    WrongSignature,
    WrongType,
)

WITHHELD = "(its text is shown once the bricks before this one are closed)"


def without_words(outcome: Outcome, own: Source) -> Outcome:
    """The same outcome; what the code under test worded is left out, its lines are read again."""
    if isinstance(outcome, Raised):
        return Raised(_builtin(outcome.error), WITHHELD, _read_again(outcome.lines, own))
    if isinstance(outcome, Unloadable):
        kind = _builtin(outcome.reason.partition(":")[0])
        return Unloadable(own.file, f"{kind} {WITHHELD}", _read_again(outcome.lines, own))
    if isinstance(outcome, WrongType):
        return replace(outcome, returned=WITHHELD)
    if isinstance(outcome, WrongSignature):
        return WrongSignature(WITHHELD)
    if isinstance(outcome, Missing | NotWritten):
        named = outcome.name in own.code.decode("utf-8", "replace")
        return outcome if named else replace(outcome, name="something")
    return outcome


def _builtin(error: str) -> str:
    kind = getattr(builtins, error, None)
    is_error = isinstance(kind, type) and issubclass(kind, BaseException)
    return error if is_error else "an exception of its own"


def _read_again(lines: Iterable[Line], own: Source) -> tuple[Line, ...]:
    """The numbers are taken as told, the text from what was handed in."""
    text = lines_of(own.code)
    return tuple(
        Line(own.file, line.number, "", text[line.number - 1].strip()[:120])
        for line in lines
        if line.file == own.file and 1 <= line.number <= len(text)
    )
