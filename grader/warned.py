"""Counts the warnings of a call, even if the code under test has switched warnings off."""

import os
import re
import warnings
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from typing import Any
from warnings import catch_warnings, simplefilter

from numpy import errstate

from grader.language import _
from grader.note import NOTE, from_text

# Keras warns so of a model of one input that is called with one array.
OF_RIGHT_CODE = "The structure of `inputs` doesn't match"
# A note on a warning, as hear_warnings and hearing_warnings write it.
WARNED = re.compile(r"a warning came: (?P<message>.*), line (?P<line>\d{1,6}) of (?P<file>.+)")


def count_warnings(call: Callable[..., Any], *arguments: Any) -> tuple[Any, int]:
    """What the call returns, and the number of warnings that it gives in NumPy's default state."""
    returned, heard = hear_warnings(call, *arguments)
    return returned, heard["number of warnings"]


def hear_warnings(call: Callable[..., Any], *arguments: Any) -> tuple[Any, dict[str, Any]]:
    """What the call returns; and the number of its warnings, with a note on the first of them."""
    default = errstate(divide="warn", over="warn", under="ignore", invalid="warn")
    with catch_warnings(record=True) as heard, default:
        simplefilter("always")
        returned = call(*arguments)
    told: dict[str, Any] = {"number of warnings": len(heard)}
    if heard:
        first = heard[0]
        told[NOTE] = from_text(_told(first.message, os.path.basename(first.filename), first.lineno))
    return returned, told


@contextmanager
def hearing_warnings(files: Set[str]) -> Iterator[list[str]]:
    """While the block lasts, NumPy's warnings about lines of these files are noted, and shown.

    Others are shown, except one of Keras that right code gets too.
    """
    heard: list[str] = []
    show = warnings.showwarning

    def note(message: Any, category: Any, filename: str, lineno: int, *rest: Any) -> None:
        if filename in files and issubclass(category, RuntimeWarning):
            heard.append(_told(message, filename, lineno))
        if not str(message).startswith(OF_RIGHT_CODE):
            show(message, category, filename, lineno, *rest)

    warnings.showwarning = note  # type: ignore[assignment]
    try:
        yield heard
    finally:
        if warnings.showwarning is note:
            warnings.showwarning = show


def _told(message: object, file: str, line: int) -> str:
    said = _("a warning came: {message}, line {n} of {file}")
    return said.format(message=message, n=line, file=file)
