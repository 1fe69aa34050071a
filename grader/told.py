"""What a check's measure can tell of a wrong value beside the value: a cause that it has measured.

Each gives values for a measure to return: the one that is judged, or a cause beside it.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.language import _, in_course
from grader.note import cause_of

OWN_LABEL = "each sample learned from its own label"
ALIKE = 0.04  # of a spread: five times what chance does to the thousands of numbers of a check
APART = 0.08


def own_labels(learned: ArrayLike, own: ArrayLike) -> dict[str, bool | NDArray[np.uint8]]:
    """Whether samples moved a model towards their own labels; where not, how many did not.

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

    others: spreads that they may have by mistake, by what the numbers are then.
    """
    if not spread > 0 or abs(spread / due - 1) < APART:
        return {}
    found = [says for says, other in others.items() if abs(spread / other - 1) < ALIKE]
    if len(found) != 1:
        return {}
    return cause_of(name, _("its spread is that of {what}").format(what=in_course(found[0])))
