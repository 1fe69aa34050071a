"""The engine of the kit. This module has the names that a file of checks imports.

`%load_ext grader` in a notebook loads the magic `%check`.
"""

from typing import Any

from grader.brick import Brick
from grader.check import (
    ASIDE,
    SLOPE,
    Check,
    Tolerance,
    Unfit,
    all_differ,
    slopes,
    unpack,
    where_possible,
)
from grader.illustrations import SHOWN, never_moved, shown, wrong_way_round
from grader.measures import downhill, own_labels, spread_of
from grader.note import cause_of
from grader.random_state import (
    GLOBAL_STATE,
    draw_seeds,
    follows_seed,
    global_state,
    seed_global_state,
)
from grader.warned import count_warnings, hear_warnings

__all__ = [
    "ASIDE",
    "GLOBAL_STATE",
    "SHOWN",
    "SLOPE",
    "Brick",
    "Check",
    "Tolerance",
    "Unfit",
    "all_differ",
    "cause_of",
    "count_warnings",
    "downhill",
    "draw_seeds",
    "follows_seed",
    "global_state",
    "hear_warnings",
    "never_moved",
    "own_labels",
    "seed_global_state",
    "shown",
    "slopes",
    "spread_of",
    "unpack",
    "where_possible",
    "wrong_way_round",
]


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext grader`. Only notebooks import IPython."""
    from grader.selfcheck.cell import load_ipython_extension as load

    load(shell)
