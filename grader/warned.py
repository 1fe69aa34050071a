"""Counts the warnings of a call, whatever the code under test has switched off before."""

from collections.abc import Callable
from typing import Any
from warnings import catch_warnings, simplefilter

from numpy import errstate


def count_warnings(call: Callable[..., Any], *arguments: Any) -> tuple[Any, int]:
    """What the call returns, and how many warnings it gives in NumPy's default state."""
    default = errstate(divide="warn", over="warn", under="ignore", invalid="warn")
    with catch_warnings(record=True) as heard, default:
        simplefilter("always")
        returned = call(*arguments)
    return returned, len(heard)
