"""Values that can be made without knowing the answer: pure functions of shapes and inputs.

Some use the reference's own values in a way that destroys their information: their mean and spread,
their entries in another order, the answer to other inputs. A check that passes with these compares
an answer with itself, or only its shape or spread.
"""

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.check import Tolerance
from grader.judge import close
from grader.outcome import Array

FEW = 30  # entries; a smaller array's mean and spread may give it away
LARGE = 1e18  # bound of random numbers, so that every type can hold them


def made_up(
    want: Array,
    shown: Mapping[str, Any],
    elsewhere: Mapping[str, Array],
    tolerance: Tolerance,
    name: str,
) -> dict[str, Array]:
    """Values in place of `want`, by a description. Equal arguments give equal values.

    shown: the inputs of the probe.
    elsewhere: by a description, what the reference returned under this name for other inputs.
    """
    some = next(iter(elsewhere.values()), np.zeros(1))
    derived = {**random(want, want if want.size >= FEW else some, name), **disordered(want)}
    unlike = {what: value for what, value in derived.items() if not alike(value, want, tolerance)}
    return {**dict(constants(want)), **dict(fitting(want, shown)), **elsewhere, **unlike}


def constants(want: Array) -> Iterator[tuple[str, Array]]:
    """Arrays of its shape and type that hold one number."""
    yield "zeros", np.zeros_like(want)
    yield "ones", np.ones_like(want)
    if want.dtype.kind == "f":
        yield "halves", np.full_like(want, 0.5)
        yield "nan", np.full_like(want, np.nan)


def fitting(want: Array, shown: Mapping[str, Any]) -> Iterator[tuple[str, Array]]:
    """The inputs with its shape, or broadcast to it, as its type."""
    for key, value in shown.items():
        given = np.asarray(value)
        if given.dtype.kind in "biuf" and fits(given.shape, want.shape):
            yield f"its input {key}", np.broadcast_to(given, want.shape).astype(want.dtype)


def fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether an array of that shape can be broadcast to the wanted one."""
    last = wanted[len(wanted) - len(shape) :]
    return len(shape) <= len(wanted) and all(n in (1, m) for n, m in zip(shape, last, strict=True))


def random(want: Array, scale: Array, name: str) -> dict[str, Array]:
    """Random numbers of its shape, with the mean and spread, or the range, of `scale`."""
    rng = np.random.default_rng(zlib.crc32(f"{name} {want.shape}".encode()))
    numbers = np.nan_to_num(scale.astype(np.float64) if scale.size else np.zeros(1))
    numbers = np.clip(numbers, -LARGE, LARGE)
    low, high = float(np.min(numbers)), float(np.max(numbers))
    if want.dtype.kind != "f":
        integers = np.asarray(rng.integers(int(low), int(high), size=want.shape, endpoint=True))
        return {"random integers": integers.astype(want.dtype)}
    normal = np.asarray(rng.normal(size=want.shape))
    if want.size >= FEW:
        normal = (normal - np.mean(normal)) / np.std(normal)
    made = {
        "random numbers": np.mean(numbers) + np.std(numbers) * normal,
        "uniform random numbers": np.asarray(rng.uniform(low, high, size=want.shape)),
    }
    if want.ndim > 1:
        positive = np.exp(normal)
        made["random rows that add up to 1"] = positive / positive.sum(axis=-1, keepdims=True)
    return {what: np.asarray(value, want.dtype) for what, value in made.items()}


def disordered(want: Array) -> dict[str, Array]:
    """Its entries in an order that only its shape decides, so that equal arrays stay equal."""
    if want.size < 2:
        return {}
    rng = np.random.default_rng(want.size)
    flat = rng.permutation(want.reshape(-1)).reshape(want.shape)
    return {
        "its rows in another order": rng.permutation(want, axis=0),
        "its entries in another order": flat,
    }


def alike(value: Array, want: Array, tolerance: Tolerance) -> bool:
    """Whether the value is the answer itself, within the tolerance."""
    return value.shape == want.shape and bool(np.all(close(value, want, tolerance)))
