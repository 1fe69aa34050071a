"""Each outcome as labelled lines: "returned", "expected", "at"."""

import platform
import re
import sys
from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

from grader.outcome import (
    Accuracy,
    Array,
    BelowBar,
    CellStopped,
    Crashed,
    Fault,
    LargeArray,
    Line,
    Missing,
    NotFinite,
    NotInstalled,
    NotWritten,
    Outcome,
    Passed,
    Raised,
    Skipped,
    TooSlow,
    Unloadable,
    Withheld,
    WrongShape,
    WrongSignature,
    WrongType,
    WrongValue,
)
from grader.report.drawing import drawing

WIDTH = 79
SMALL = 8  # entries of the largest array that a line shows in full
DRAWN = " " * 4  # the label of a drawing, whose lines are not wrapped
NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]{1,60})'")
UNTOUCHED = " after the call"  # ends the names of arguments, which a message names only if wrong

Rows = list[tuple[str, str]]


def rows_of(outcome: Outcome) -> Rows:
    """The labelled lines that an outcome adds to a message."""
    match outcome:
        case Passed(reached, on):
            rows = [("reached", _accuracy(reached))] if reached else []
            return rows + ([("judged", on_the_reference(on))] if on else [])
        case BelowBar(best, tries):
            trained = f"best of {tries} trainings" if tries > 1 else "one training"
            return [("returned", f"{_accuracy(best)}; {trained}")]
        case WrongValue():
            return _wrong_value(outcome)
        case WrongShape(name, returned, expected):
            return [("returned", f"{name} of shape {returned}"), ("expected", f"shape {expected}")]
        case WrongType(name, what, due):
            forgot = ": is a `return` missing?" if what == "None" else ""
            return [("returned", f"{name}: {what}{forgot}"), ("expected", due)]
        case NotFinite(name, index, value, n_bad):
            where = f"[{', '.join(map(str, index))}]" if index else ""
            others = f" (and {n_bad - 1} more)" if n_bad > 1 else ""
            said = f"{name}{where} is {value}{others}"
            return [("returned", said), ("expected", "finite numbers")]
        case Withheld(name, due):
            said = "what is shown once the bricks before this one are closed"
            return [("returned", f"{name}: {said}"), ("expected", due)]
        case Raised("SystemExit", _, lines):
            return [("raised", "your code ends the program (sys.exit or exit)"), *_lines(lines)]
        case Raised(error, message, lines):
            what = f"{error}: {message}" if message else error
            where = "" if lines else " (while the check worked with what came back)"
            return [("raised", f"{what}{where}"), *_lines(lines)]
        case Unloadable(file, reason, lines):
            said = f"{file} does not load, so none of its checks can run: {reason}"
            return [("file", said), *_lines(lines), *_missing(reason)]
        case CellStopped(name, cell, reason, lines):
            return [
                ("missing", f"there is no `{name}`, since {cell} stopped: {reason}"),
                *_lines(lines),
            ]
        case Missing(name):
            return [("missing", f"your module has no `{name}`; the name is fixed")]
        case WrongSignature(message):
            due = "the names and the order of the stub's parameters"
            return [("raised", f"it cannot be called that way: {message}"), ("expected", due)]
        case NotWritten(name):
            return [("to do", f"{name} is not written yet")]
        case TooSlow(limit):
            said = f"nothing within {limit:g} seconds: does a loop never end?"
            return [("returned", said)]
        case Crashed(reason):
            said = f"nothing: the process that ran your code is gone ({reason})"
            return [("returned", said)]
        case Skipped(needs):
            return [("waits", f"for {needs}")]
        case NotInstalled(package):
            do = f'{to_install()}; with -m "not keras" all the rest runs without it'
            needs = f"the package `{package}`, which is not installed here"
            return [("needs", needs), ("do", do)]
        case Fault(reason):
            do = "nothing to mend on your side; please show this to whoever gave you the kit"
            said = f"the kit failed here, not your code: {reason}"
            return [("our fault", said), ("do", do)]
    raise TypeError(f"no words for {type(outcome).__name__}")


def on_the_reference(parts: Sequence[str]) -> str:
    """Which parts of the reference a check was judged on."""
    *others, last = (f"`{part}`" for part in parts)
    names = f"{', '.join(others)} and {last}" if others else last
    return f"on the reference's {names}"


def _accuracy(reached: Accuracy) -> str:
    return (
        f"{reached.share:.3f} of {reached.n:,} unseen digits are right; the bar is "
        f"{reached.bar:.3f}; the reference reaches {reached.mean:.3f} +/- {reached.spread:.3f} "
        f"over {reached.seeds} seeds"
    )


def _wrong_value(outcome: WrongValue) -> Rows:
    got, want, worst = outcome.returned, outcome.expected, outcome.worst
    mine, right_one = (_plain(_entry(array, worst)) for array in (got, want))
    rows: Rows = []
    if not want.shape:
        rows += [("returned", f"{outcome.name} = {mine}"), ("expected", right_one)]
    else:
        size = prod(want.shape)
        share = f"{outcome.n_wrong} of {size} entries are" if size > 1 else "its entry is"
        said = f"other values: {share} wrong, the worst at {list(worst)}, "
        said += f"where {mine} came back instead of {right_one}"
        rows += [("returned", f"{outcome.name} {got.shape}"), ("expected", said)]
        if lines := _drawn(got, want):
            rows.append((DRAWN, "\n".join(lines)))
    right = [name for name in outcome.right if not name.endswith(UNTOUCHED)]
    if right:
        rows.append(("right", ", ".join(right)))
    return rows


def _drawn(got: Array | LargeArray, want: Array | LargeArray) -> list[str]:
    if isinstance(got, LargeArray) or isinstance(want, LargeArray):
        return []
    return drawing(got, want, WIDTH - len(DRAWN))


def _entry(array: Array | LargeArray, at: tuple[int, ...]) -> Any:
    return array.worst[()] if isinstance(array, LargeArray) else array[at]


def _plain(value: Any) -> str:
    if np.asarray(value).dtype.kind == "b":
        return "yes" if value else "no"
    return number(value)


def _missing(error: str) -> Rows:
    """What to do about a missing package that the student's own code imports."""
    named = NO_MODULE.match(error)
    if named is None:
        return []
    said = f"your code imports `{named[1]}`, which is no package that is installed here"
    return [("do", f"{said}: install it, or do without it")]


def _lines(lines: Iterable[Line]) -> Rows:
    rows: Rows = []
    for line in lines:
        inside = f", in {line.function}" if line.function not in ("", "<module>") else ""
        rows.append(("at", f"{line.file}, line {line.number}{inside}\n{line.text}"))
    return rows


def to_install() -> str:
    """The command that installs what a Keras check needs, if possible the wheel without GPU."""
    small = sys.platform == "linux" and platform.machine() == "x86_64"
    return f"pip install keras {'tensorflow-cpu' if small else 'tensorflow'}"


def short(array: Any) -> str:
    """A small array on one line."""
    text = np.array2string(
        np.asarray(array), precision=4, suppress_small=False, separator=", ", threshold=SMALL
    )
    return " ".join(text.split())


def number(value: Any) -> str:
    """A number with the digits that matter."""
    return f"{value:.5g}" if np.asarray(value).dtype.kind == "f" else str(value)
