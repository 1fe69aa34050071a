"""Each outcome as labelled lines: "returned", "expected", "at"."""

import platform
import re
import sys
import textwrap
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from grader.errors import in_plain_words
from grader.outcome import (
    AFTER_THE_CALL,
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
from grader.report.drawing import drawing, in_brackets, slice_through

WIDTH = 79
WIDEST = 100  # columns: longer lines are hard to read
SMALL = 8  # entries of the largest array that a line shows in full
DRAWN = " " * 4  # the label of a drawing, whose lines are not wrapped
NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]{1,60})'")
MAX_TRANSLATED = 120  # characters of an error's own text, where plain words follow it

Rows = list[tuple[str, str]]


def rows_of(outcome: Outcome, width: int = WIDTH) -> Rows:
    """The labelled lines that an outcome adds to a message. width: columns for a drawing."""
    match outcome:
        case Passed(reached, on):
            rows = [("reached", _accuracy(reached))] if reached else []
            return rows + ([("judged", on_the_reference(on))] if on else [])
        case BelowBar(best, tries):
            trained = f"best of {tries} trainings" if tries > 1 else "one training"
            return [("returned", f"{_accuracy(best)}; {trained}"), *_margin(best)]
        case WrongValue():
            return _wrong_value(outcome, width)
        case WrongShape(name, returned, expected):
            due = expected or "one number"
            return [("returned", f"{name} has the shape {returned}, expected {due}")]
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
            return [
                ("raised", "your code ends the program (sys.exit or exit)"),
                *position_of(lines),
            ]
        case Raised("BdbQuit", _, lines):
            said = "your code stops for a debugger (breakpoint), which has no terminal here"
            do = "pytest exercises/ -s -k NAME runs the check of that name at this terminal"
            return [("raised", said), *position_of(lines), ("do", do)]
        case Raised(error, message, lines, found):
            if meaning := in_plain_words(message, found, own_line=bool(lines)):
                message = textwrap.shorten(message, MAX_TRANSLATED, placeholder=" ...")
            what = f"{error}: {message}" if message else error
            where = "" if lines else " (while the check worked with what came back)"
            likely = [("likely", meaning)] if meaning else []
            return [("raised", f"{what}{where}"), *position_of(lines), *likely]
        case Unloadable(file, reason, lines):
            said = f"{file} does not load, so none of its checks can run: {reason}"
            return [("file", said), *position_of(lines), *_missing(reason)]
        case CellStopped(name, cell, reason) if reason.startswith("is "):  # it did not run at all
            return [("missing", f"there is no `{name}`: {cell} {reason}")]
        case CellStopped(name, cell, reason, lines):
            return [
                ("missing", f"there is no `{name}`, since {cell} stopped: {reason}"),
                *position_of(lines),
            ]
        case Missing(name, owner) if owner:
            return [("missing", f"the attribute `{name}` of a {owner} was never set")]
        case Missing(name):
            return [("missing", f"your module has no `{name}`; the name is fixed")]
        case WrongSignature(message):
            due = "the names and the order of the stub's parameters"
            return [("raised", f"it cannot be called that way: {message}"), ("expected", due)]
        case NotWritten(name):
            return [("to do", f"{name} is not written yet")]
        case TooSlow():
            return _too_slow(outcome)
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
    bar = f"{reached.bar:.3f}"
    if reached.graded is not None:
        bar += f" here and {reached.graded:.3f} in grading"
    return (
        f"{reached.share:.3f} of {reached.n:,} unseen digits are right; the bar is {bar}; "
        f"the reference reaches {reached.mean:.3f} +/- {reached.spread:.3f} "
        f"over {reached.seeds} seeds"
    )


def _margin(best: Accuracy) -> Rows:
    """Why more is asked here than in grading."""
    if best.graded is None or best.once_in is None:
        return []
    close = "Nearly there! " if best.share >= best.graded else ""
    said = (
        f"{close}Grading asks for {best.graded:.3f}, but trains anew with other digits. What "
        f"reaches {best.bar:.3f} here fails there less than once in {best.once_in:,}."
    )
    return [("why", said)]


def _wrong_value(outcome: WrongValue, width: int) -> Rows:
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
        if lines := _drawn(outcome, width):
            rows.append((DRAWN, "\n".join(lines)))
    right = [name for name in outcome.right if not name.endswith(AFTER_THE_CALL)]
    if right:
        rows.append(("right", ", ".join(right)))
    return rows


def _drawn(outcome: WrongValue, width: int) -> list[str]:
    got, want = outcome.returned, outcome.expected
    if isinstance(got, LargeArray) or isinstance(want, LargeArray):
        return []
    at = slice_through(want.shape, outcome.worst, is_kernel="kernel" in outcome.name)
    lines = drawing(got[at], want[at], width - len(DRAWN))
    return [f"in the slice {in_brackets(at)}", *lines] if lines and at else lines


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


def _too_slow(outcome: TooSlow) -> Rows:
    rows: Rows = [
        ("returned", f"nothing within {outcome.limit:g} seconds"),
        *position_of(outcome.lines),
    ]
    if outcome.repeats:
        rows.append(("likely", "A loop that does not end: watched, nothing in it changed."))
    elif outcome.times > 1:
        said = f"Too slow: at this pace it takes about {outcome.times:.2g} times the time allowed."
        rows.append(("likely", f"{said} Loops in loops, over pixels or samples?"))
    else:
        rows.append(("likely", "A loop that never ends, or very many slow steps."))
    return rows


def position_of(lines: Sequence[Line]) -> Rows:
    """The innermost of the student's lines in one row, and where the others are that led there."""
    if not lines:
        return []
    *outer, line = lines
    said = f"{line.file}, {_position(line)}"
    if outer:
        files = [f" of {it.file}" if it.file != line.file else "" for it in outer]
        steps = [f"{_position(it)}{file}" for it, file in zip(outer, files, strict=True)]
        said += f", called from {'; '.join(reversed(steps))}"
    return [("where", f"{said}\n{line.text}")]


def _position(line: Line) -> str:
    inside = f", in {line.function}" if line.function not in ("", "<module>") else ""
    return f"line {line.number}{inside}"


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
