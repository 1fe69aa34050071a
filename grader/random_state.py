"""Helps checks of seeds: a seed decides every random number, and the global state stays as it is.

NumPy's functions are bound here, before code under test could replace them.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.random import RandomState, get_state
from numpy.random import seed as seed_numpy
from numpy.typing import NDArray

from grader.language import N_
from grader.outcome import Array

GLOBAL_STATE = "global state"


def draw_seeds(rng: np.random.Generator) -> dict[str, int]:
    """The seeds of three runs, for a check's `each`: the first two are equal."""
    seed = int(rng.integers(10_000))
    return {"first": seed, "again": seed, "other": seed + 1}


def seed_global_state(seed: int) -> None:
    """Sets NumPy's global random state to one that `follows_seed` can compute."""
    seed_numpy(seed + 1)  # not `seed`: code that seeds it with its own seed changes it


def global_state() -> NDArray[np.int64]:
    """NumPy's global random state, as numbers."""
    return _as_numbers(get_state(legacy=True))


def follows_seed(
    returned: Mapping[str, Array], seeds: Mapping[str, int], *names: str
) -> dict[str, bool]:
    """For a measure: whether the named arrays, and the global state, follow the runs' seeds."""
    first, again, other = seeds
    found = {}
    for name in names:
        array = returned[f"{name}, {first}"]
        found[f"same seed, same {name}"] = np.array_equal(array, returned[f"{name}, {again}"])
        found[f"other seed, other {name}"] = not np.array_equal(array, returned[f"{name}, {other}"])
    found[N_("np.random's global state is left alone")] = all(
        np.array_equal(returned[f"{GLOBAL_STATE}, {run}"], _state_set_by(seed))
        for run, seed in seeds.items()
    )
    return found


@lru_cache(maxsize=8)  # an audit measures thousands of answers to one check
def _state_set_by(seed: int) -> NDArray[np.int64]:
    """The state that seed_global_state sets."""
    return _as_numbers(RandomState(seed + 1).get_state(legacy=True))


def _as_numbers(state: Any) -> NDArray[np.int64]:
    _, key, position, *_ = state
    return np.append(np.asarray(key, np.int64), position)
