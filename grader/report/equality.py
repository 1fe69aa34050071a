"""Equality of reports: by content, also of arrays and of nan."""

import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def equal(one: Any, other: Any) -> bool:
    """Arrays are equal by dtype, shape and entries; nan is equal to nan."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        alike = (one.dtype, one.shape) == (other.dtype, other.shape)
        return alike and one.tobytes() == other.tobytes()
    if is_dataclass(one):
        names = (field.name for field in fields(one))
        return all(equal(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)
