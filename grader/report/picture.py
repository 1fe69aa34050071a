"""A missed bar as a picture: the confusion matrix, and some images that were classified wrong."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.language import N_, _
from grader.outcome import Confusion

ROWS, COLUMNS = 3, 4  # of images
NONE = N_("none")  # the column of answers that are no class


def confusion_png(confusion: Confusion) -> bytes | None:
    """The picture; None where matplotlib is missing: the text says enough."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None
    figure = Figure(figsize=(9, 4), layout="constrained")
    halves: Any = figure.subfigures(1, 2, width_ratios=(5, 4))
    names = [*confusion.names, _(NONE)]
    _confusion(halves[0], confusion.confusion, names)
    _images(halves[1], confusion, names)
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=80)
    return written.getvalue()


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
        one.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        one.set_title(
            _("{digit} as {other}").format(digit=names[is_], other=names[taken_for]), fontsize=8
        )
