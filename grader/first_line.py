"""Cuts texts that come from code under test to one line.

That code runs beside references and can read them: an exception, a name or a type that it makes
could carry the text of a reference to the student, some thousand characters at a time.
"""

from dataclasses import fields, replace
from typing import Any

from grader.printable import one_line
from grader.probe import Answer, Loaded, NoArray, Returned
from grader.source import MAX_LINE, Source, read_again


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


def _first(text: str) -> str:
    return one_line(text, MAX_LINE)
