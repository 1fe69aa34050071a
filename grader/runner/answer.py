"""Running a probe on an implementation: what it answers, or what went wrong on the way."""

import re
import traceback
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from grader.cells import NotDefined, why_missing
from grader.check import Check, UnexpectedReturn
from grader.outcome import (
    Array,
    CellStopped,
    Line,
    Missing,
    NotWritten,
    Outcome,
    Raised,
    Unloadable,
    WrongSignature,
    WrongType,
)
from grader.source import Source, loaded

MAX_TEXT = 2_000
MAX_LINES = 4
TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)?|\x1b[@-_]?")
# Control characters but tab and new line; then marks that turn the direction of text, or have no
# width, which some languages' letters need, but no message of Python.
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
CANNOT_CALL = re.compile(r"\w+\(\) (takes|got|missing)|object is not callable")


@dataclass(frozen=True)
class NoArray:
    """A value that is no array of real numbers, in words: "None", "a dict"."""

    what: str


@dataclass(frozen=True)
class Returned:
    """What came back, by name, copied: later changes by the student's code do not reach it."""

    values: Mapping[str, Array | NoArray]


Answer = Returned | Outcome


def answer(
    check: Check | None,
    sources: Sequence[Source],
    inputs: Mapping[str, Any],
    propagate: bool = False,
) -> Answer | None:
    """Runs the check's probe on the last of the sources, in this process.

    Without a check the source is only loaded, and None says that it can be. With `propagate`,
    exceptions of the student's code come through, for a debugger, and so does Ctrl-C.
    """
    with ExitStack() as stack:
        try:
            module = stack.enter_context(loaded(sources))
        except BaseException as error:
            if propagate and isinstance(error, Exception | KeyboardInterrupt):
                raise
            return unloadable(error, sources)
        if check is None:
            return None
        try:
            returned = check.probe(module, **inputs)
            return Returned({name: as_array(value) for name, value in returned.items()})
        except BaseException as error:
            if propagate and isinstance(error, Exception | KeyboardInterrupt):
                raise
            return outcome_of(error, sources)


def as_array(value: Any) -> Array | NoArray:
    """A copy of value as a plain array of booleans, integers or floats; lists count as arrays."""
    if value is None or isinstance(value, str | bytes | Mapping | set):
        return NoArray(describe(value))
    try:
        array = np.array(value, copy=True, subok=False, order="C")
    except (ValueError, TypeError):
        return NoArray(f"{describe(value)} whose parts have different shapes")
    if array.dtype.kind not in "biuf":
        return NoArray(describe(value))
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)  # extended precision has no portable form
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def describe(value: Any) -> str:
    """A returned value in words, for one who wonders what came back."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}, shape {value.shape}"
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def outcome_of(error: BaseException, sources: Sequence[Source]) -> Outcome:
    """The outcome that an exception during a probe means."""
    if missing := why_missing(error):
        reason, lines = _told(missing.cell.error, sources)
        return CellStopped(missing.missing, missing.cell.place, reason, lines)
    lines = own_lines(error, sources)
    message = text_of(error)
    if isinstance(error, UnexpectedReturn):
        expected = f"a tuple of {len(error.names)}: ({message})"
        return WrongType(message, describe(error.returned), expected)
    if isinstance(error, NotImplementedError):
        return NotWritten(message or (lines[-1].function if lines else "this part"))
    if isinstance(error, SyntaxError | ModuleNotFoundError):
        return unloadable(error, sources)
    in_probe = not lines  # raised by the calling line itself, before or after the student's code
    if in_probe and isinstance(error, AttributeError):
        owner = error.obj if isinstance(error.obj, ModuleType | type) else type(error.obj)
        if isinstance(owner, ModuleType):
            return Missing(str(error.name))
        if owner.__module__ in {source.brick for source in sources}:
            return Missing(f"{owner.__name__}.{error.name}")
    if in_probe and isinstance(error, TypeError) and CANNOT_CALL.search(message):
        return WrongSignature(message)
    return Raised(type(error).__name__, message, lines)


def unloadable(error: BaseException, sources: Sequence[Source]) -> Unloadable:
    """The outcome when running the file itself raised."""
    file = sources[-1].file
    if isinstance(error, NotDefined):
        return Unloadable(file, *_told(error.cell.error, sources))
    reason, lines = _told(error, sources)
    if isinstance(error, SyntaxError):
        file = str(error.filename or file)
    elif lines:
        file = lines[-1].file
    return Unloadable(file, reason, lines)


def _told(error: BaseException, sources: Sequence[Source]) -> tuple[str, tuple[Line, ...]]:
    """An exception of code that ran as it was loaded, in words, and the student's lines."""
    lines, message = own_lines(error, sources), text_of(error)
    if isinstance(error, SyntaxError):
        message = str(error.msg)
        if error.lineno:
            file, text = str(error.filename), (error.text or "").strip()
            lines = (Line(file, error.lineno, "", text),)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__, lines


def own_lines(error: BaseException, sources: Sequence[Source]) -> tuple[Line, ...]:
    """The student's lines that the exception passed through, outermost first."""
    files = {file for source in sources if source.own for file in source.texts}
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
    if len(frames) > MAX_LINES:  # recursion: its start and its end tell it
        frames = frames[:1] + frames[1 - MAX_LINES :]
    return tuple(Line(f.filename, f.lineno or 0, f.name, (f.line or "")[:120]) for f in frames)


def text_of(error: BaseException) -> str:
    """The exception's text, capped; its own __str__ may fail, or leave."""
    try:
        return readable(str(error)[:MAX_TEXT])
    except BaseException:
        return "(no text)"


def readable(text: str) -> str:
    """The text without what could act on a terminal or hide other text, as one can file it.

    Commands to terminals (colours, moves) and invisible signs go, a carriage return alone starts
    a line, and what no file can hold (half a surrogate pair) is replaced.
    """
    text = TERMINAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return INVISIBLE.sub("", text).encode("utf-8", "replace").decode("utf-8")
