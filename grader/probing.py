"""What many probes need: the global random state, and values that only explain a failure."""

import contextlib
import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def global_state() -> NDArray[np.int64]:
    """NumPy's global random state, as numbers."""
    _, key, position, *_ = np.random.get_state(legacy=True)
    return np.append(np.asarray(key, np.int64), position)


def all_differ(arrays: NDArray[np.generic]) -> bool:
    """Whether no two arrays along the first axis are equal; quick, however large they are."""
    return len({np.ascontiguousarray(array).tobytes() for array in arrays}) == len(arrays)


def where_possible(explain: Callable[..., Mapping[str, Any]], *arguments: Any) -> Mapping[str, Any]:
    """What only helps to explain a failure, and is never judged: nothing where it does not work."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            return explain(*arguments)
    except Exception:
        return {}


def slopes(
    loss: Callable[[NDArray[np.float64]], float], at: NDArray[np.float64], step: float = 1e-3
) -> NDArray[np.float64]:
    """How fast loss(array) changes along each entry of the array, by central differences."""
    found = np.zeros(np.shape(at))
    for i in np.ndindex(found.shape):
        move = np.zeros(found.shape)
        move[i] = step
        found[i] = (loss(at + move) - loss(at - move)) / (2 * step)
    return found
