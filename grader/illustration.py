"""An illustration: small images that show why a check failed, as plain data.

A check declares beside itself how its own values are illustrated (`illustrate` of a Check), and
this runs only after it failed. Reports keep the illustration; grader.report draws it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from grader.outcome import Array

if TYPE_CHECKING:
    from grader.check import Check, Illustrate, Inputs
    from grader.probe import Returned

LARGEST = 127  # an entry of a tile
MOST_PIXELS = 10_000  # of all tiles
MOST_RETURNED = 1_000_000  # entries of all arrays that a check's `illustrate` is given


@dataclass(frozen=True)
class Tile:
    """One small image.

    pixels  (h, w) int8, from -127 to 127. Signed: 0 is white, and above and below it are two
            colours. Otherwise 0 is white, and 127 black.
    marked  whether it has a frame.
    """

    pixels: Array
    signed: bool = True
    marked: bool = False


@dataclass(frozen=True)
class Illustration:
    """Tiles in rows, as many in each.

    across   what stands above the columns.
    down     what stands before the rows; may be empty.
    caption  two sentences: what there is to see, and what it suggests.
    alt      what the picture shows, for people who cannot see it.
    """

    rows: tuple[tuple[Tile, ...], ...]
    across: tuple[str, ...]
    down: tuple[str, ...]
    caption: str
    alt: str


def tile(entries: Any, largest: float, signed: bool = True, marked: bool = False) -> Tile:
    """A tile on whose scale `largest` is the strongest entry; stronger ones look the same.

    Raises ValueError for what is no image of finite numbers.
    """
    image: NDArray[np.float64] = np.asarray(entries, np.float64)
    if image.ndim != 2 or not 0 < image.size <= MOST_PIXELS or not np.isfinite(image).all():
        raise ValueError(f"an array of shape {image.shape} cannot be drawn")
    shares = np.clip(image / largest if largest > 0 else image * 0, -1, 1)
    return Tile(np.round(shares * LARGEST).astype(np.int8), signed, marked)


def illustration(
    check: "Check", returned: "Returned", expected: Any, inputs: "Inputs"
) -> Illustration | None:
    """The illustration that the check declares for these values, or None."""
    if check.illustrate is None or _entries(returned.arrays.values()) > MOST_RETURNED:
        return None
    try:
        return _drawn(check.illustrate, returned.values, expected, inputs)
    except Exception:  # these values cannot be drawn, and the message says enough; or a slip
        if expected:
            _check_slip(check, expected, inputs)
        return None


def _drawn(
    illustrate: "Illustrate", values: Any, expected: Any, inputs: "Inputs"
) -> Illustration | None:
    with np.errstate(all="ignore"):
        found = illustrate(values, expected, inputs)
    if found is None or _entries(one.pixels for row in found.rows for one in row) > MOST_PIXELS:
        return None
    return found


def _check_slip(check: "Check", expected: Any, inputs: "Inputs") -> None:
    """Logs a slip of the check's author: where the right values cannot be drawn either."""
    assert check.illustrate is not None
    try:
        _drawn(check.illustrate, expected, expected, inputs)
    except Exception as error:  # it costs a picture, and no grade
        from grader.faults import log_fault

        log_fault(f"illustration of {check.id}", error)


def _entries(arrays: Any) -> int:
    return sum(array.size for array in arrays)
