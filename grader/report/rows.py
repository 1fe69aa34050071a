"""Each outcome as labelled lines: "returned", "expected", "at"."""

import platform
import re
import sys
from collections.abc import Iterable
from functools import singledispatch
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


@singledispatch
def rows_of(outcome: Outcome) -> Rows:
    """The labelled lines that an outcome adds to a message."""
    raise TypeError(f"no words for {type(outcome).__name__}")


@rows_of.register
def _(outcome: Passed) -> Rows:
    return [("reached", _accuracy(outcome.reached))] if outcome.reached else []


@rows_of.register
def _(outcome: BelowBar) -> Rows:
    tries = f"best of {outcome.tries} trainings" if outcome.tries > 1 else "one training"
    return [("returned", f"{_accuracy(outcome.best)}; {tries}")]


def _accuracy(reached: Accuracy) -> str:
    return (
        f"{reached.share:.3f} of {reached.n:,} unseen digits are right; the bar is "
        f"{reached.bar:.3f}; the reference reaches {reached.mean:.3f} +/- {reached.spread:.3f} "
        f"over {reached.seeds} seeds"
    )


@rows_of.register
def _(outcome: WrongValue) -> Rows:
    got, want, worst = outcome.returned, outcome.expected, outcome.worst
    mine, right_one = (_plain(_entry(array, worst)) for array in (got, want))
    rows: Rows = []
    if not want.shape:
        rows.append(("returned", f"{outcome.name} = {mine}"))
        rows.append(("expected", right_one))
    else:
        rows.append(("returned", f"{outcome.name} {got.shape}"))
        size = prod(want.shape)
        share = f"{outcome.n_wrong} of {size} entries are" if size > 1 else "its entry is"
        rows.append(
            (
                "expected",
                f"other values: {share} wrong, the worst at {list(worst)}, "
                f"where {mine} came back instead of {right_one}",
            )
        )
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


@rows_of.register
def _(outcome: WrongShape) -> Rows:
    return [
        ("returned", f"{outcome.name} of shape {outcome.returned}"),
        ("expected", f"shape {outcome.expected}"),
    ]


@rows_of.register
def _(outcome: WrongType) -> Rows:
    forgot = ": is a `return` missing?" if outcome.returned == "None" else ""
    return [
        ("returned", f"{outcome.name}: {outcome.returned}{forgot}"),
        ("expected", outcome.expected),
    ]


@rows_of.register
def _(outcome: NotFinite) -> Rows:
    index = ", ".join(str(i) for i in outcome.index)
    where = f"[{index}]" if index else ""
    others = f" (and {outcome.n_bad - 1} more)" if outcome.n_bad > 1 else ""
    return [
        ("returned", f"{outcome.name}{where} is {outcome.value}{others}"),
        ("expected", "finite numbers"),
    ]


@rows_of.register
def _(outcome: Withheld) -> Rows:
    said = "what is shown once the bricks before this one are closed"
    return [("returned", f"{outcome.name}: {said}"), ("expected", outcome.expected)]


@rows_of.register
def _(outcome: Raised) -> Rows:
    if outcome.error == "SystemExit":
        return [("raised", "your code ends the program (sys.exit or exit)"), *_lines(outcome.lines)]
    what = f"{outcome.error}: {outcome.message}" if outcome.message else outcome.error
    if not outcome.lines:
        what += " (while the check worked with what came back)"
    return [("raised", what), *_lines(outcome.lines)]


@rows_of.register
def _(outcome: Unloadable) -> Rows:
    said = f"{outcome.file} does not load, so none of its checks can run: {outcome.reason}"
    return [("file", said), *_lines(outcome.lines), *_missing(outcome.reason)]


def _missing(error: str) -> Rows:
    """What to do about a missing package that the student's own code imports."""
    named = NO_MODULE.match(error)
    if named is None:
        return []
    said = f"your code imports `{named[1]}`, which is no package that is installed here"
    return [("do", f"{said}: install it, or do without it")]


@rows_of.register
def _(outcome: CellStopped) -> Rows:
    said = f"there is no `{outcome.name}`, since {outcome.cell} stopped: {outcome.reason}"
    return [("missing", said), *_lines(outcome.lines)]


def _lines(lines: Iterable[Line]) -> Rows:
    rows: Rows = []
    for line in lines:
        inside = f", in {line.function}" if line.function not in ("", "<module>") else ""
        rows.append(("at", f"{line.file}, line {line.number}{inside}\n{line.text}"))
    return rows


@rows_of.register
def _(outcome: Missing) -> Rows:
    return [("missing", f"your module has no `{outcome.name}`; the name is fixed")]


@rows_of.register
def _(outcome: WrongSignature) -> Rows:
    return [
        ("raised", f"it cannot be called that way: {outcome.message}"),
        ("expected", "the names and the order of the stub's parameters"),
    ]


@rows_of.register
def _(outcome: NotWritten) -> Rows:
    return [("to do", f"{outcome.name} is not written yet")]


@rows_of.register
def _(outcome: TooSlow) -> Rows:
    return [
        ("returned", f"nothing within {outcome.limit:g} seconds: does a loop never end?"),
    ]


@rows_of.register
def _(outcome: Crashed) -> Rows:
    return [("returned", f"nothing: the process that ran your code is gone ({outcome.reason})")]


@rows_of.register
def _(outcome: Skipped) -> Rows:
    return [("waits", f"for {outcome.needs}")]


@rows_of.register
def _(outcome: NotInstalled) -> Rows:
    return [
        ("needs", f"the package `{outcome.package}`, which is not installed here"),
        ("do", f'{to_install()}; with -m "not keras" all the rest runs without it'),
    ]


def to_install() -> str:
    """The command that installs what a Keras check needs, if possible the wheel without GPU."""
    small = sys.platform == "linux" and platform.machine() == "x86_64"
    return f"pip install keras {'tensorflow-cpu' if small else 'tensorflow'}"


@rows_of.register
def _(outcome: Fault) -> Rows:
    return [
        ("our fault", f"the kit failed here, not your code: {outcome.reason}"),
        ("do", "nothing to mend on your side; please show this to whoever gave you the kit"),
    ]


def short(array: Any) -> str:
    """A small array on one line."""
    text = np.array2string(
        np.asarray(array), precision=4, suppress_small=False, separator=", ", threshold=SMALL
    )
    return " ".join(text.split())


def number(value: Any) -> str:
    """A number with the digits that matter."""
    return f"{value:.5g}" if np.asarray(value).dtype.kind == "f" else str(value)
