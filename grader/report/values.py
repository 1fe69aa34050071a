"""Wrong values in a message: the worst entry, and small arrays one under the other."""

from math import prod
from typing import Any

import numpy as np

from grader.language import _
from grader.outcome import AFTER_THE_CALL, Array, LargeArray, WrongValue
from grader.report.drawing import drawing, in_brackets, slice_through
from grader.report.names import value_name

SMALL = 8  # entries of the largest array that a line shows in full
DRAWN = " " * 4  # the label of a drawing, whose lines are not wrapped


def wrong_value(outcome: WrongValue, width: int) -> list[tuple[str, str]]:
    """Labelled lines on what came back, beside what was expected. width: columns for a drawing."""
    got, want, worst = outcome.returned, outcome.expected, outcome.worst
    mine, right_one = (_plain(_entry(array, worst)) for array in (got, want))
    rows: list[tuple[str, str]] = []
    if not want.shape:
        said = f"{value_name(outcome.name)} = {mine}"
        rows += [("returned", said), ("expected", right_one)]
    else:
        size = prod(want.shape)
        said = (
            _(
                "other values: {n} of {size} entries are wrong, the worst at {worst}, where {mine} "
                "came back instead of {right}"
            )
            if size > 1
            else _(
                "other values: its entry is wrong, the worst at {worst}, where {mine} came back "
                "instead of {right}"
            )
        ).format(n=outcome.n_wrong, size=size, worst=list(worst), mine=mine, right=right_one)
        rows += [("returned", f"{value_name(outcome.name)} {got.shape}"), ("expected", said)]
        if lines := _drawn(outcome, width):
            rows.append((DRAWN, "\n".join(lines)))
    right = [name for name in outcome.right if not name.endswith(AFTER_THE_CALL)]
    if right:
        rows.append(("right", ", ".join(map(value_name, right))))
    return rows


def _drawn(outcome: WrongValue, width: int) -> list[str]:
    got, want = outcome.returned, outcome.expected
    if isinstance(got, LargeArray) or isinstance(want, LargeArray):
        return []
    at = slice_through(want.shape, outcome.worst, is_kernel="kernel" in outcome.name)
    lines = drawing(got[at], want[at], width - len(DRAWN))
    said = _("in the slice {index}").format(index=in_brackets(at))
    return [said, *lines] if lines and at else lines


def _entry(array: Array | LargeArray, at: tuple[int, ...]) -> Any:
    return array.worst[()] if isinstance(array, LargeArray) else array[at]


def _plain(value: Any) -> str:
    if np.asarray(value).dtype.kind == "b":
        return _("yes") if value else _("no")
    return number(value)


def short(array: Any) -> str:
    """A small array on one line."""
    text = np.array2string(
        np.asarray(array), precision=4, suppress_small=False, separator=", ", threshold=SMALL
    )
    return " ".join(text.split())


def number(value: Any) -> str:
    """A number with the digits that matter."""
    return f"{value:.5g}" if np.asarray(value).dtype.kind == "f" else str(value)
