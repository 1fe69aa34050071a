"""The pictures that explain a failed check: what a model misread, or the check's illustration."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.illustration import LARGEST, Illustration
from grader.language import N_, _
from grader.outcome import Confusion
from grader.report.check_report import CheckReport
from grader.report.look import STYLE, picture, png_of

ROWS, COLUMNS = 3, 4  # of misread images
NONE = N_("none")  # the column of answers that are no class
MOST_PAIRS = 5
DOTS = 80  # an inch
WIDEST, TALLEST = 7.6, 1.6  # inches, of the tiles together and of one
TITLE, GAP, LETTER = 0.3, 0.12, 0.075
MISREAD = N_(
    "Left, each row is a class and each column what your model took it for: right answers lie on "
    "the diagonal, and a dark square beside it is a pair that it confuses. Right, some that it "
    "misread: would you have read them?"
)
MISREAD_WITHOUT_IMAGES = N_(
    "Each row is a class and each column what your model took it for. Right answers lie on the "
    "diagonal, and a dark square beside it is a pair that it confuses."
)


@dataclass(frozen=True)
class Drawn:
    """A picture with its caption, and with what it shows for people who cannot see it."""

    png: bytes
    caption: str
    alt: str


def pictures(check: CheckReport) -> Iterator[Drawn]:
    """The pictures that explain the check's failure; none if matplotlib is missing."""
    shown = check.explanation.illustration if check.explanation else None
    if shown is not None and (png := _png(_size_of(shown), _illustrate, shown)):
        yield Drawn(png, shown.caption, shown.alt)
    if check.confusion is not None and (png := confusion_png(check.confusion)):
        has_images = len(check.confusion.images) > 0
        caption = _(MISREAD) if has_images else _(MISREAD_WITHOUT_IMAGES)
        yield Drawn(png, caption, confused(check.confusion))


def confused(confusion: Confusion) -> str:
    """The pairs of classes that are confused most often."""
    names = [*confusion.names, _("no class")]
    counts = [
        (int(count), names[row], names[column])
        for row, own in enumerate(confusion.confusion)
        for column, count in enumerate(own)
        if row != column and count
    ]
    counts.sort(key=lambda one: -one[0])
    said = _("{digit} as {other} ({n} times)")
    return ", ".join(said.format(digit=d, other=o, n=n) for n, d, o in counts[:MOST_PAIRS])


def confusion_png(confusion: Confusion) -> bytes | None:
    """The confusion matrix, and some images that were misread; None without matplotlib."""
    return _png((9, 4), _misread, confusion)


def _png(size: tuple[float, float], draw: Callable[[Any, Any], None], shown: Any) -> bytes | None:
    """What `draw` draws of it into a figure; None where matplotlib is missing: the text says
    enough.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None
    with rc_context(STYLE):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure, shown)
        return png_of(figure, DOTS)


def _misread(figure: Any, confusion: Confusion) -> None:
    halves = figure.subfigures(1, 2, width_ratios=(5, 4))
    names = [*confusion.names, _(NONE)]
    _confusion(halves[0], confusion.confusion, names)
    _images(halves[1], confusion, names)


def _confusion(figure: Any, counts: Any, names: Sequence[str]) -> None:
    """Draws each row as shares of its class, so that a rare class can be seen as well."""
    axes = figure.subplots()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=7)
    axes.set_xticks(range(counts.shape[1]), names[: counts.shape[1]])
    axes.set_yticks(range(len(counts)), names[: len(counts)])
    axes.set(xlabel=_("taken for"), ylabel=_("is"))


def _images(figure: Any, confusion: Confusion, names: Sequence[str]) -> None:
    shown = zip(confusion.images, confusion.truth, confusion.taken_for, strict=False)
    axes = list(figure.subplots(ROWS, COLUMNS).flat)
    for one in axes:
        one.axis("off")
    for one, (image, is_, taken_for) in zip(axes, shown, strict=False):
        picture(one, image, 0, 255)
        one.set_title(
            _("{digit} as {other}").format(digit=names[is_], other=names[taken_for]), fontsize=8
        )


def _size_of(shown: Illustration) -> tuple[float, float]:
    """Inches: as wide as the text at most, and no tile too tall."""
    names = max((len(name) for name in shown.down), default=0) * LETTER
    columns = len(shown.across)
    width = min(WIDEST, TALLEST * columns)
    ratios = [max(one.pixels.shape[0] / one.pixels.shape[1] for one in row) for row in shown.rows]
    heights = [min(TALLEST, ratio * width / columns) + GAP for ratio in ratios]
    return names + width, TITLE + sum(heights)


def _illustrate(figure: Any, shown: Illustration) -> None:
    grid = figure.subplots(len(shown.rows), len(shown.across), squeeze=False)
    for axes_of_row, row in zip(grid, shown.rows, strict=True):
        for axes, one in zip(axes_of_row, row, strict=True):
            low = -LARGEST if one.signed else 0
            picture(axes, one.pixels.astype(float), low, LARGEST, one.signed)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set(visible=True, color="black" if one.marked else "#bbbbbb")
            axes.spines[:].set_linewidth(2.5 if one.marked else 0.6)
    for axes, name in zip(grid[0], shown.across, strict=True):
        axes.set_title(name)
    for axes, name in zip(grid[:, 0], shown.down, strict=False):
        axes.set_ylabel(name, rotation=0, ha="right", va="center")
