"""How far a self-check's bar must lie above grading's, if the network is of an own design.

A network passes at home when the best of `home` trainings reaches the bar and the margin. It fails
in class when all of `graded` other trainings, with other digits and seeds, stay under the bar. For
a network of any mean both together must be rare.

bound.py's proof for every distribution would ask too much here. A design that lies just under the
bar, and reaches bar and margin in one training of 3,000, passes at home once in 1,000 and then
fails in class; its spread is sqrt(1/3,000) of the margin, so the margin would be 55 spreads. No
design that was measured has such a tail. So there are two figures, and both must be small:

`chance_if_normal` assumes that a design's runs are independent and normal, with unknown mean m and
spread t; z = (bar - m) / t, and F is the normal distribution function. With a margin of
d sample spreads s of n runs,

    chance = E[(1 - F(z + d * s / t)**home)] * F(z)**graded,

where (n - 1) * s**2 / t**2 is chi-squared with n - 1 degrees of freedom, as in Student's t
("Student", "The Probable Error of a Mean", Biometrika 6, 1908). This allows for s being only an
estimate. The largest value over all z holds for every mean.

`chance_as_measured` assumes no distribution: F is the share of the measured deviations from their
own design's mean that lie lower, in that design's spreads, and the margin is d spreads.
"""

import math
import statistics
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FINE = 0.02  # between two values of z, in spreads: the chance changes by less than 1 % there
FARTHEST = 6.0  # spreads from the mean; the chance beyond is negligible
RATIOS = np.linspace(0.005, 3.0, 600)  # of the sample spread to the true one


def chance_if_normal(distance: float, n: int, home: int, graded: int) -> float:
    """The chance, at the worst mean, to pass at home and to fail in class.

    distance  the margin, in sample standard deviations of n runs of the design.
    """
    z = np.arange(-FARTHEST, FARTHEST, FINE)
    log_weight = (n - 2) * np.log(RATIOS) - (n - 1) * RATIOS**2 / 2
    weight = np.exp(log_weight - log_weight.max())
    missed = _normal(z[:, None] + distance * RATIOS) ** home
    passed = 1 - missed @ weight / weight.sum()
    return float(np.max(passed * _normal(z) ** graded))


def chance_as_measured(
    distance: float, deviations: Sequence[float], home: int, graded: int
) -> float:
    """The same chance for runs with these deviations from their mean.

    distance, deviations  in standard deviations.
    """
    known = np.sort(deviations)
    z = np.arange(-FARTHEST - distance, FARTHEST, FINE)
    passed = 1 - (np.searchsorted(known, z + distance) / len(known)) ** home
    return float(np.max(passed * (np.searchsorted(known, z) / len(known)) ** graded))


def deviations(shares: Sequence[float]) -> list[float]:
    """How far each run lies from the mean of its design, in spreads.

    They are widened, since a sample's mean lies nearer to its own runs than to new ones.
    """
    n = len(shares)
    mean, spread = statistics.fmean(shares), statistics.stdev(shares)
    widened = math.sqrt(n / (n - 1)) / spread if spread else 0.0
    return [(share - mean) * widened for share in shares]


def distance_needed(n: int, home: int, graded: int, chance: float) -> float:
    """The smallest distance, to a hundredth, at which `chance_if_normal` is under `chance`."""
    low, high = 0, 1
    while chance_if_normal(high / 100, n, home, graded) >= chance:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if chance_if_normal(middle / 100, n, home, graded) < chance:
            high = middle
        else:
            low = middle
    return high / 100


def _normal(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normal distribution function, from a table of its values."""
    found: NDArray[np.float64] = np.interp(x, _X, _F)
    return found


_X = np.arange(-FARTHEST - 1, FARTHEST + 20, 0.005)
_F = np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in _X])
