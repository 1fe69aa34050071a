"""Functions for a check's `measure`: they find the cause of a wrong value.

What they return is part of what the measure returns: the value that is judged, or its cause.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.language import _, in_course
from grader.note import cause_of

OWN_LABEL = "each sample learned from its own label"
ALIKE = 0.04  # of a spread: five times what chance does to the thousands of numbers of a check
APART = 0.08


def downhill(way: ArrayLike, slope: ArrayLike) -> float:
    """How far a way of weights goes down a slope: from -1, uphill, to 1, straight down."""
    a, b = np.ravel(way).astype(np.float64), np.ravel(slope).astype(np.float64)
    return float(-np.dot(a, b) / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-30))


def own_labels(learned: ArrayLike, own: ArrayLike) -> dict[str, bool | NDArray[np.uint8]]:
    """Whether every sample moved a model towards its own label; if not, how many did not.

    learned, own: a label for each sample.
    """
    wrong, n = int(np.sum(np.not_equal(learned, own))), np.size(own)
    if not wrong:
        return {OWN_LABEL: True}
    said = (
        f"{wrong} of {n} samples did not move the model towards their own label: does each label "
        "stay with its sample, and does each step go downhill?"
    )
    return {OWN_LABEL: False, **cause_of(OWN_LABEL, said)}


def spread_of(
    name: str, spread: float, due: float, others: Mapping[str, float]
) -> dict[str, NDArray[np.uint8]]:
    """The cause of a wrong spread of random numbers, under the name of the value that is judged.

    name: the value's. others: wrong spreads, by a description of the numbers that have them.
    """
    if not spread > 0 or abs(spread / due - 1) < APART:
        return {}
    found = [says for says, other in others.items() if abs(spread / other - 1) < ALIKE]
    if len(found) != 1:
        return {}
    return cause_of(name, _("its spread is that of {what}").format(what=in_course(found[0])))
