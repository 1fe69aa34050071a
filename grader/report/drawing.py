"""Small arrays drawn as text: yours, expected, and where they differ."""

from collections.abc import Sequence

import numpy as np

from grader.check import FLOAT32
from grader.judge import close
from grader.language import N_, _
from grader.outcome import Array

MAX_ROWS = 8
GAP = 3
TITLES = (N_("yours"), N_("expected"), N_("difference"))


def drawing(got: Array, want: Array, width: int) -> list[str]:
    """The lines of three blocks, side by side or else one under the other; none if too wide.

    Axes of length 1 are left out, so that an image of one channel is drawn as an image. In the
    difference, a point stands for an entry that is right.
    """
    squeezed = [array for array in want.shape if array != 1]
    if want.size < 2 or len(squeezed) > 2:
        return []
    shape = (-1, squeezed[-1] if squeezed else 1)
    mine, right = got.reshape(shape), want.reshape(shape)
    if len(mine) > MAX_ROWS:
        return []
    fine = close(mine, right, FLOAT32)
    with np.errstate(over="ignore"):
        apart = mine.astype(np.float64) - right.astype(np.float64)
    form = _form(mine, right)
    wrong = [
        ["." if ok else f"{value:+{form}}" for value, ok in zip(row, oks, strict=True)]
        for row, oks in zip(apart, fine, strict=True)
    ]
    mine_texts, right_texts = (
        [[f"{v:{form}}" for v in row] for row in array] for array in (mine, right)
    )
    all_rows = (mine_texts, right_texts, wrong)
    titles = _titles()
    blocks = [[title, *_aligned(rows)] for title, rows in zip(titles, all_rows, strict=True)]
    widths = [max(map(len, block)) for block in blocks]
    if sum(widths) + 2 * GAP <= width:
        return [
            (" " * GAP).join(line.ljust(w) for line, w in zip(lines, widths, strict=True)).rstrip()
            for lines in zip(*blocks, strict=True)
        ]
    indent = max(map(len, titles)) + 2
    if max(widths) > width - indent or len(mine) > MAX_ROWS // 2:
        return []
    cell = max(len(text) for rows in all_rows for r in rows for text in r)
    blocks = [[title, *_aligned(rows, cell)] for title, rows in zip(titles, all_rows, strict=True)]
    if max(len(line) for block in blocks for line in block) > width - indent:
        return []
    return [
        f"{title if first else '':<{indent}}{line}"
        for title, *lines in blocks
        for first, line in zip([True] + [False] * len(lines), lines, strict=False)
    ]


def slice_through(
    shape: tuple[int, ...], worst: tuple[int, ...], is_kernel: bool
) -> tuple[int | slice, ...]:
    """The index of the two-dimensional slice to draw, which holds the worst entry.

    Empty if at most two axes are longer than 1. Of images (n, h, w, c) the slice has the axes h and
    w, and of a kernel (kh, kw, c, filters) kh and kw.
    """
    long = [axis for axis, length in enumerate(shape) if length != 1]
    if len(long) <= 2:
        return ()
    of_four = (0, 1) if is_kernel else (1, 2)
    drawn = of_four if len(shape) == 4 else (long[-2], long[-1])
    return tuple(slice(None) if axis in drawn else at for axis, at in enumerate(worst))


def in_brackets(index: tuple[int | slice, ...]) -> str:
    """An index as NumPy's users write it: [2, :, :, 1]."""
    return f"[{', '.join(':' if isinstance(at, slice) else str(at) for at in index)}]"


def without_difference(text: str) -> str:
    """A drawing whose blocks stand one under the other, without its last block."""
    return text.partition(f"\n{_titles()[-1]}")[0]


def _titles() -> list[str]:
    return [_(title) for title in TITLES]


def _aligned(rows: Sequence[Sequence[str]], width: int = 0) -> list[str]:
    width = width or max(len(text) for row in rows for text in row)
    return [" ".join(f"{text:>{width}}" for text in row) for row in rows]


def _form(mine: Array, right: Array) -> str:
    """The number format: integers as they are, floats with the decimals that fit the largest."""
    if mine.dtype.kind != "f" and right.dtype.kind != "f":
        return ".0f"
    largest = max(float(np.max(np.abs(array))) for array in (mine, right))
    if not 1e-4 <= largest < 1e5:
        return ".3g"
    return f".{min(6, max(0, 3 - int(np.floor(np.log10(largest)))))}f"
