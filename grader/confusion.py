"""The confusion matrix of a model that missed its bar, and images that it classified wrong."""

import math
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

import numpy as np

from grader.check import Check
from grader.outcome import Array, Confusion
from grader.probe import Returned

SHOWN = 12


def confusion(check: Check, returned: Returned, inputs: Mapping[str, Any]) -> Confusion:
    """The confusion matrix of the returned labels, one array of integers (n,), and some images.

    There is one image for each pair of classes that is confused, the most frequent pair first, then
    a second one for each pair, and so on. A check that names no images gets none.
    """
    [predicted] = (np.asarray(value) for value in returned.judged.values())
    truth = inputs[check.labels or ""].astype(np.int64)
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
    return Confusion(
        confusion if confusion[:, k].any() else confusion[:, :k],
        _as_grey(inputs[check.images][shown]) if check.images else np.zeros((0, 1, 1), np.uint8),
        tuple(int(truth[i]) for i in shown),
        tuple(int(taken[i]) for i in shown),
        tuple(names[:k]),
    )


def _as_grey(images: Array) -> Array:
    """Images of any shape and type that a check may have, as (n, h, w) uint8."""
    if images.ndim == 4:
        images = images[..., 0]
    elif images.ndim == 2:
        side = math.isqrt(images.shape[1])
        images = images.reshape(len(images), side, side)
    return images if images.dtype == np.uint8 else (images * 255).round().astype(np.uint8)
