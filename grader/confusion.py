"""What a model that missed its bar took for what: counts, and some images that it misread."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

import numpy as np

from grader.outcome import Array, Confusion
from grader.probe import Returned

SHOWN = 12


def confusion(returned: Returned, labels: Array, inputs: Mapping[str, Any]) -> Confusion:
    """returned: one array of integers (n,), as labels; images are looked for among the inputs.

    An input `classes` says what the labels stand for. Of each confusion an image is shown, the most
    frequent first, then a second of each, and so on.
    """
    [predicted] = (np.asarray(value) for value in returned.values.values())
    truth = labels.astype(np.int64)
    k = int(truth.max()) + 1
    names = [str(name) for name in inputs.get("classes", range(k))]
    inside = (predicted >= 0) & (predicted < k)
    taken = np.where(inside, predicted, k).astype(np.int64)  # k: no class at all
    confusion = np.zeros((k, k + 1), np.int64)
    np.add.at(confusion, (truth, taken), 1)
    wrong = confusion.copy()
    np.fill_diagonal(wrong, 0)
    pairs = [divmod(int(i), k + 1) for i in np.argsort(-wrong, axis=None, kind="stable")]
    alike = [np.flatnonzero((truth == t) & (taken == p)) for t, p in pairs if wrong[t, p]]
    shown = [int(i) for turn in zip_longest(*alike) for i in turn if i is not None][:SHOWN]
    images = _images(inputs, len(truth))
    return Confusion(
        confusion if confusion[:, k].any() else confusion[:, :k],
        np.zeros((0, 1, 1), np.uint8) if images is None else images[shown],
        tuple(int(truth[i]) for i in shown),
        tuple(int(taken[i]) for i in shown),
        tuple(names[:k]),
    )


def _images(inputs: Mapping[str, Any], n: int) -> Array | None:
    """The n images among the inputs, (n, h, w) uint8, whether they are images or rows of pixels."""
    for value in inputs.values():
        if not isinstance(value, np.ndarray) or len(value) != n or value.ndim < 2:
            continue
        side = round(float(np.sqrt(value[0].size)))
        if value.ndim == 3 or side * side == value[0].size:
            images = value if value.ndim == 3 else value.reshape(n, side, side)
            return images if images.dtype == np.uint8 else (images * 255).round().astype(np.uint8)
    return None
