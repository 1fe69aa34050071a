"""Counts the warnings of a call, whatever the code under test has switched off before."""

import os
from collections.abc import Callable
from typing import Any
from warnings import catch_warnings, simplefilter

from numpy import errstate

from grader.note import NOTE, from_text


def count_warnings(call: Callable[..., Any], *arguments: Any) -> tuple[Any, int]:
    """What the call returns, and how many warnings it gives in NumPy's default state."""
    returned, heard = hear_warnings(call, *arguments)
    return returned, heard["number of warnings"]


def hear_warnings(call: Callable[..., Any], *arguments: Any) -> tuple[Any, dict[str, Any]]:
    """What the call returns; and how many warnings it gives, with a note on the first of them."""
    default = errstate(divide="warn", over="warn", under="ignore", invalid="warn")
    with catch_warnings(record=True) as heard, default:
        simplefilter("always")
        returned = call(*arguments)
    told: dict[str, Any] = {"number of warnings": len(heard)}
    if heard:
        first = heard[0]
        where = f"line {first.lineno} of {os.path.basename(first.filename)}"
        told[NOTE] = from_text(f"a warning came: {first.message}, {where}")
    return returned, told
