"""Converts what a probe returned to plain arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.language import _
from grader.outcome import Array
from grader.printable import one_line
from grader.probe import NoArray


def as_array(value: Any) -> Array | NoArray:
    """A copy of value as a plain array of booleans, integers or floats; lists count as arrays."""
    if value is None or isinstance(value, str | bytes | Mapping | set):
        return NoArray(describe(value))
    try:
        array = np.array(value, copy=True, subok=False, order="C")
    except (ValueError, TypeError):
        said = _("{value} whose parts have different shapes")
        return NoArray(said.format(value=describe(value)))
    if array.dtype.kind not in "biuf":
        return NoArray(describe(value))
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)  # extended precision has no portable form
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def describe(value: Any) -> str:
    """A returned value in words, for messages."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray) and value.dtype == object and not value.shape:
        return describe(value.item())  # a probe's np.array made it of something that is no array
    if isinstance(value, np.ndarray):
        said = _("an array of {dtype}, shape {shape}")
        return said.format(dtype=value.dtype, shape=value.shape)
    if isinstance(value, tuple):
        return _("a tuple of {n}").format(n=len(value))
    name = class_of(value)
    said = _("an {kind}") if name[:1].lower() in "aeiou" else _("a {kind}")
    return said.format(kind=name)


def class_of(value: Any) -> str:
    """The name of the value's class, cut to a short line."""
    return one_line(type(value).__name__)
