"""What pictures share, so that all bricks look alike: words, rows of images, and curves.

This module does not import matplotlib, since probes import it too and must not wait for that.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from string import Formatter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.language import as_written, in_course
from grader.pictures.gallery import Figure
from grader.report.look import SIGNED as SIGNED  # for the galleries beside the checks
from grader.report.look import picture

LINES = ("-", "--", ":", "-.")


def words(text: str, **values: Any) -> str:
    """What a picture says, in the student's language, with values in its {places}.

    text: whole, as it stands in the file, since `bricks build` looks for it there.
    """
    return filled(in_course(text), values)


def filled(text: str, values: Mapping[str, Any]) -> str:
    """A sentence with values in its {places}; figures are written as its language writes them."""
    return _Figures().vformat(text, (), values)


class _Figures(Formatter):
    """Writes 3,200 and 0.92; in another language than English 3 200 and 0,92."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text = str(super().format_field(value, format_spec))
        return text if isinstance(value, str) else as_written(text)


def images(
    figure: Figure,
    rows: Iterable[NDArray[Any]],
    titles: Sequence[str] = (),
    columns: int | None = None,
    signed: bool = False,
) -> NDArray[Any]:
    """Draws 2-D arrays in a grid without axes, on one scale, and returns the grid's axes.

    signed: purple above 0 and orange below it; a strong orange entry has a dot, which shows in
    print. Otherwise the smallest entry is white and the largest black.
    """
    drawn = [np.asarray(row, dtype=float) for row in rows]
    columns = columns or len(drawn)
    grid: NDArray[Any] = figure.subplots(-(-len(drawn) // columns), columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    low, high = scale(drawn, signed)
    for axes, image in zip(grid.flat, drawn, strict=False):
        picture(axes, image, low, high, signed)
    for axes, title in zip(grid.flat, titles, strict=False):
        axes.set_title(title)
    return grid


def scale(arrays: Sequence[NDArray[Any]], signed: bool = False) -> tuple[float, float]:
    """The smallest and the largest finite entry; signed: both equally far from 0."""
    entries = np.concatenate([np.ravel(array) for array in arrays])
    finite = entries[np.isfinite(entries)]
    if not finite.size:
        return -1.0, 1.0
    if signed:
        largest = float(np.abs(finite).max()) or 1.0
        return -largest, largest
    return float(finite.min()), float(finite.max())


def curves(axes: Any, series: Mapping[str, Any], xlabel: str, ylabel: str) -> None:
    """Draws lines and names them. Each has a colour and a line style of its own.

    series: the values from 0 on, by name; or pairs of (places, values).
    """
    for (name, values), line in zip(series.items(), cycle(LINES), strict=False):
        pair = values if isinstance(values, tuple) else (range(len(values)), values)
        axes.plot(*pair, line, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend()
