"""How pictures look, so that all are alike: colours, one image, the file.

Probes import this module too, so matplotlib is imported only where a picture is drawn.
"""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Okabe and Ito's colours, which colour-blind people can tell apart, also in print.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
STYLE: Any = {
    "figure.facecolor": "white",
    "font.size": 9.0,
    "axes.titlesize": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "image.cmap": "gray_r",
    "axes.prop_cycle": f"cycler('color', {COLOURS})",
    "legend.frameon": False,
}
SIGNED = "PuOr"  # orange below 0, white at 0, purple above
STRONG = 0.35  # of the largest entry: from here on a negative entry has a dot


def picture(axes: Any, image: NDArray[Any], low: float, high: float, signed: bool = False) -> None:
    """One image on the scale from low to high.

    signed: purple above 0 and orange below it; a strong orange entry has a dot, which shows in
    print.
    """
    axes.imshow(image, cmap=SIGNED if signed else None, vmin=low, vmax=high)
    if signed:
        down, across = np.nonzero(image < STRONG * low)
        axes.scatter(across, down, s=30 / image.shape[-1], c="white", linewidths=0)


def png_of(figure: Any, dots: int) -> bytes:
    """The figure as a PNG file. dots: an inch."""
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=dots)
    return written.getvalue()
