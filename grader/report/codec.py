"""Frozen dataclasses as plain JSON, and back by the types of their fields, nothing lost.

A dataclass becomes an object with its class's name under "type", a tuple a list, and an array an
object of dtype, shape and bytes. For nan and the infinities, which JSON lacks, stands their name.
"""

import base64
import math
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np

TYPE, FLOAT = "type", "float"
AS_THEY_ARE = (str, bool, int, NoneType)


class ReportError(Exception):
    """A text that is no report of this version; the message says why and what to do."""


def to_plain(value: Any) -> Any:
    """The value as objects, lists, numbers and texts."""
    if isinstance(value, AS_THEY_ARE):  # most of a report is
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {FLOAT: repr(float(value))}
    if isinstance(value, np.ndarray):
        raw = base64.b64encode(value.tobytes()).decode()
        return {"dtype": value.dtype.str, "shape": list(value.shape), "base64": raw}
    if is_dataclass(value) and not isinstance(value, type):
        return {TYPE: type(value).__name__, **dict(_fields(value))}
    if isinstance(value, tuple):
        return [to_plain(each) for each in value]
    raise TypeError(f"a report cannot keep a {type(value).__name__}")


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    """The fields to write: one that is None, and None by default, is left out."""
    kind: Any = type(value)
    for name, may_lack in _names(kind):
        held = getattr(value, name)
        if held is not None or not may_lack:
            yield name, to_plain(held)


@cache
def _names(kind: Any) -> tuple[tuple[str, bool], ...]:
    """The fields of the class, and whether each is None by default."""
    return tuple((field.name, field.default is None) for field in fields(kind))


def from_plain(kind: Any, plain: Any) -> Any:
    """The value of that type from which `to_plain` made `plain`. Raises ReportError."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _any_of(get_args(kind), plain)
    if origin is tuple:
        return _tuple(get_args(kind), plain)
    if origin is np.ndarray:
        return _array(plain)
    if is_dataclass(kind):
        return _dataclass(kind, plain)
    if kind is float:
        return _float(plain)
    if kind in (str, int, bool, NoneType) and type(plain) is kind:
        return plain
    raise ReportError(f"{_short(plain)} is no {getattr(kind, '__name__', kind)}")


def _any_of(kinds: tuple[Any, ...], plain: Any) -> Any:
    if plain is None and NoneType in kinds:
        return None
    errors = []
    for kind in kinds:
        try:
            return from_plain(kind, plain)
        except ReportError as error:
            errors.append(str(error))
    raise ReportError(" and ".join(errors))


def _tuple(kinds: tuple[Any, ...], plain: Any) -> Any:
    if not isinstance(plain, list):
        raise ReportError(f"{_short(plain)} is no list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(from_plain(kinds[0], each) for each in plain)
    if len(kinds) != len(plain):
        raise ReportError(f"{_short(plain)} has {len(plain)} parts, not {len(kinds)}")
    return tuple(from_plain(kind, each) for kind, each in zip(kinds, plain, strict=True))


def _array(plain: Any) -> Any:
    try:
        dtype = np.dtype(plain["dtype"])
        if dtype.kind not in "biuf":
            raise ValueError(f"arrays of {dtype} are not kept")
        raw = base64.b64decode(plain["base64"], validate=True)
        return np.frombuffer(raw, dtype).reshape(plain["shape"])
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(f"{_short(plain)} is no array: {error}") from None


def _float(plain: Any) -> Any:
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        return plain
    if isinstance(plain, dict) and plain.get(FLOAT) in ("nan", "inf", "-inf"):
        return float(plain[FLOAT])
    raise ReportError(f"{_short(plain)} is no number")


def _dataclass(kind: Any, plain: Any) -> Any:
    if not isinstance(plain, dict):
        raise ReportError(f"{_short(plain)} is no {kind.__name__}")
    known = _by_name(kind).get(str(plain.get(TYPE)))
    if known is None:
        raise ReportError(f"{_short(plain)} is no {kind.__name__}")
    hints = _hints(known)
    given = {name: value for name, value in plain.items() if name != TYPE}
    missing = {field.name for field in fields(known) if field.default is MISSING} - given.keys()
    if missing or given.keys() - hints.keys():
        raise ReportError(f"{known.__name__} has other fields than {', '.join(given)}")
    return known(**{name: from_plain(hints[name], value) for name, value in given.items()})


def _by_name(kind: Any) -> dict[str, Any]:
    """The class and all that are derived from it."""
    found = {kind.__name__: kind}
    for derived in kind.__subclasses__():
        found |= _by_name(derived)
    return found


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _short(plain: Any) -> str:
    text = repr(plain)
    return text if len(text) <= 60 else f"{text[:60]} ..."
