"""Texts from code under test, cut to a line: it runs together with references and can read them.

An exception, a name or a type that the student's code makes could carry the text of a reference
to the student, some thousand characters at a time.
"""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from grader.outcome import Line
from grader.printable import one_line, printable
from grader.probe import Answer, Loaded, NoArray, Returned
from grader.source import Source

MOST = 120  # characters


def in_first_lines(answer: Answer, own: Source) -> Answer:
    """The same answer, with the first line of each text, and source lines read from `own`."""
    if isinstance(answer, Loaded):
        return answer
    if isinstance(answer, Returned):
        return Returned(
            {
                name: NoArray(_first(value.what)) if isinstance(value, NoArray) else value
                for name, value in answer.values.items()
            }
        )
    changed: dict[str, Any] = {
        field.name: _first(value)
        for field in fields(answer)
        if isinstance(value := getattr(answer, field.name), str)
    }
    if hasattr(answer, "lines"):
        changed["lines"] = read_again(answer.lines, own)
    return replace(answer, **changed)


def read_again(lines: Iterable[Line], own: Source) -> tuple[Line, ...]:
    """The lines whose numbers `own` has; their text is read from `own`, not believed."""
    texts = own.texts
    return tuple(
        Line(
            it.file,
            it.number,
            it.function if it.function.isidentifier() and it.function.encode() in own.code else "",
            printable(texts[it.file][it.number - 1].strip()[:MOST]),
        )
        for it in lines
        if 1 <= it.number <= len(texts.get(it.file, ()))
    )


def _first(text: str) -> str:
    return one_line(text, MOST)
