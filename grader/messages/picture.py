"""A missed bar as a picture: what was taken for what, and some of the misread images."""

import base64
import io
from typing import Any

import numpy as np

ROWS, COLUMNS = 3, 4  # of images


def misread_png(misread: dict[str, Any]) -> bytes | None:
    """The picture of what grader.messages.record keeps as "misread".

    None where matplotlib is missing: the words say the same.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None
    figure = Figure(figsize=(9, 4), layout="constrained")
    halves: Any = figure.subfigures(1, 2, width_ratios=(5, 4))
    _confusion(halves[0], np.array(misread["confusion"]))
    _images(halves[1], misread)
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=80)
    return written.getvalue()


def _confusion(figure: Any, counts: Any) -> None:
    """Rows are shares of their class, so that a rare class is seen as well."""
    axes = figure.subplots()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=7)
    names = [_name(column, len(counts)) for column in range(counts.shape[1])]
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(counts)), names[: len(counts)])
    axes.set(xlabel="taken for", ylabel="is")


def _images(figure: Any, misread: dict[str, Any]) -> None:
    raw = base64.b64decode(misread["images"])
    images = np.frombuffer(raw, np.uint8).reshape(misread["shape"])
    n_classes = len(misread["confusion"])
    shown = zip(images, misread["truth"], misread["taken for"], strict=False)
    axes = list(figure.subplots(ROWS, COLUMNS).flat)
    for one in axes:
        one.axis("off")
    for one, (image, is_, taken_for) in zip(axes, shown, strict=False):
        one.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        one.set_title(f"{is_} as {_name(taken_for, n_classes)}", fontsize=8)


def _name(column: int, n_classes: int) -> str:
    return str(column) if column < n_classes else "none"
