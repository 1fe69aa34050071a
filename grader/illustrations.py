"""Illustrations that checks of several bricks declare. Each is None where it would not be true."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.check import ASIDE
from grader.illustration import Illustration, tile
from grader.language import N_, _

# Names of values that are there to be drawn if the check fails; they are never judged.
SHOWN = ASIDE + "shown: "

OPPOSITE = -0.6  # correlation of two maps: below it, one is the other with its signs swapped
ALIKE = 5.0  # times: how far the strengths of such maps may be apart
ROUNDING, STEP = 1e-6, 1e-4  # of the largest weight
MOST_ENTRIES = 10_000  # of a kernel
COLUMNS = 8
MOST_CHANNELS = 4

WRONG_WAY = N_(
    "Purple is above 0, orange with dots below: where the one is expected, your filter gives the "
    "other. So it finds the edge the wrong way round, as if it lay upside down or had its signs "
    "swapped."
)
WRONG_WAY_ALT = N_(
    "An image, the map that your filter makes of it, and the map that is expected: where one is "
    "purple, the other is orange."
)
STILL_FILTERS = N_(
    "Each filter is shown before, after, and by its change; those with a frame did not move "
    "({still} of {all})."
)
STILL_UNITS = N_(
    "The weights of each unit are shown before, after, and by their change; those with a frame did "
    "not move ({still} of {all})."
)
NO_STEP = N_("So no step reached them: none was taken, or their gradient is 0.")
NO_STEP_IN_KERAS = N_(
    "So no step reached them: none was taken, another model took it, they are frozen, or their "
    "gradient is 0."
)
STILL_ALT = N_("Weights before and after, and their change: {still} of {all} did not move.")


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """For a check's `clean` or `measure`: those values that are there to be drawn."""
    return {name: value for name, value in values.items() if name.startswith(SHOWN)}


def wrong_way_round(image: ArrayLike, yours: ArrayLike, expected: ArrayLike) -> Illustration | None:
    """An edge in an image (h, w), and two maps of it; None unless they are opposite."""
    mine, right = np.asarray(yours, np.float64), np.asarray(expected, np.float64)
    if mine.shape != right.shape or not np.isfinite(mine).all():
        return None
    strengths = float(np.linalg.norm(mine)), float(np.linalg.norm(right))
    if not max(strengths) < ALIKE * min(strengths):
        return None
    if float(np.sum(mine * right)) / math.prod(strengths) > OPPOSITE:
        return None
    largest = float(np.abs(right).max())
    row = (
        tile(image, float(np.max(image)), signed=False),
        tile(mine, largest),
        tile(right, largest),
    )
    across = (_("image"), _("your map"), _("expected map"))
    return Illustration((row,), across, (), _(WRONG_WAY), _(WRONG_WAY_ALT))


def never_moved(
    before: ArrayLike,
    after: ArrayLike,
    expected: ArrayLike | None = None,
    of_keras: bool = False,
) -> Illustration | None:
    """A kernel's filters (kh, kw, c, filters) or units (n_inputs, units), before and after.

    of_keras: whether a model of Keras has them, whose layers may be frozen.
    expected: the kernel after training as it should be; those that it does not move are not
    marked. Without it, the illustration is None unless most did not move: one may be still by
    chance.
    """
    start, end = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if start.shape != end.shape or start.ndim not in (2, 4):
        return None
    if not 0 < start.size <= MOST_ENTRIES:
        return None
    if not (np.isfinite(start).all() and np.isfinite(end).all()):
        return None
    due = end - start if expected is None else np.asarray(expected, np.float64) - start
    axes = tuple(range(start.ndim - 1))
    largest, change = float(np.abs(start).max()), float(np.abs(due).max())
    still = np.all(np.abs(end - start) <= ROUNDING * largest, axis=axes)
    if expected is not None:
        still &= np.any(np.abs(due) > STEP * largest, axis=axes)
    n_still, n = int(still.sum()), len(still)
    if not n_still or (expected is None and 2 * n_still <= n):
        return None
    chosen = np.sort(np.argsort(~still, kind="stable")[:COLUMNS])
    of_each = tuple(
        tuple(
            tile(_as_image(array[..., i]), scale, marked=bool(still[i]))
            for array, scale in ((start, largest), (end, largest), (end - start, change))
        )
        for i in chosen
    )
    names = tuple(_named(int(i), bool(still[i])) for i in chosen)
    times = (_("before"), _("after"), _("change"))
    numbers = {"still": n_still, "all": n}
    seen = (_(STILL_FILTERS) if start.ndim == 4 else _(STILL_UNITS)).format(**numbers)
    caption = f"{seen} {_(NO_STEP_IN_KERAS if of_keras else NO_STEP)}"
    alt = _(STILL_ALT).format(**numbers)
    if of_each[0][0].pixels.shape[0] == 1:
        return Illustration(of_each, times, names, caption, alt)
    return Illustration(tuple(zip(*of_each, strict=True)), names, times, caption, alt)


def _named(i: int, is_still: bool) -> str:
    return _("{n}: still").format(n=i) if is_still else str(i)


def _as_image(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """A filter's channels side by side, with a gap; a unit's weights as a square, or one row."""
    if weights.ndim == 1:
        side = math.isqrt(len(weights))
        return weights.reshape((side, side) if side > 3 and side**2 == len(weights) else (1, -1))
    channels = [weights[:, :, c] for c in range(min(weights.shape[2], MOST_CHANNELS))]
    gap = np.zeros((len(weights), 1))
    return np.hstack([part for channel in channels for part in (channel, gap)][:-1])
