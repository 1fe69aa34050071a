"""Expected values: computed live from the reference, or read from what was recorded of it."""

import hashlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from grader.check import Check, Inputs
from grader.course import Course
from grader.judge import measured
from grader.outcome import Array
from grader.probe import Job, Returned, Runner


class NoExpectedValue(Exception):
    """There is no expected value: a fault of the kit, never of the code that is judged."""


class ExpectedValues(Protocol):
    def expected(self, check: Check, inputs: Inputs) -> Mapping[str, Array]:
        """What the check compares with, by name. Raises OracleError."""
        ...


def expected_for(course: Course, brick: str, place: Runner) -> ExpectedValues:
    """Live where the course has the reference of the brick, recorded elsewhere."""
    return (
        LiveExpected(course, place)
        if course.has_solution(brick)
        else RecordedExpected(course.recorded)
    )


class LiveExpected:
    """Runs the probe on the reference, once for the same inputs.

    The place must not be one where students' code runs: it holds the reference.
    """

    def __init__(self, course: Course, place: Runner):
        self.course = course
        self.place = place
        self._known: dict[str, Mapping[str, Array]] = {}
        self._locks: dict[str, threading.Lock] = {}  # so that nobody waits for another's value

    def expected(self, check: Check, inputs: Inputs) -> Mapping[str, Array]:
        key = f"{check.id} {fingerprint(inputs)}"
        with self._locks.setdefault(key, threading.Lock()):
            if key not in self._known:
                self._known[key] = self._computed(check, inputs)
            return self._known[key]

    def _computed(self, check: Check, inputs: Inputs) -> Mapping[str, Array]:
        came = self.place.run(
            Job(
                check,
                self.course.checks_file(check.brick),
                tuple(self.course.reference(check.brick)),
                check.shown_to_probe(inputs),
                check.limit * 10,
            )
        ).answer
        if isinstance(came, Returned):
            came = measured(check, came, inputs)
        if not isinstance(came, Returned):
            raise NoExpectedValue(f"the reference fails {check.id}: {came}")
        arrays = {k: v for k, v in came.values.items() if isinstance(v, np.ndarray)}
        if arrays.keys() != came.values.keys():
            raise NoExpectedValue(f"the reference returns no array in {check.id}")
        return arrays


class RecordedExpected:
    """Reads `recorded/<brick>.safetensors`, written by `bricks release` for the public seed."""

    def __init__(self, folder: Path):
        self.folder = folder

    def expected(self, check: Check, inputs: Inputs) -> Mapping[str, Array]:
        path = self.folder / f"{check.brick}.safetensors"
        try:
            with safe_open(path, framework="numpy") as file:
                about = file.metadata() or {}
                names = [n for n in about.get(check.name, "").split("\n") if n]
                arrays = {name: file.get_tensor(f"{check.name} {name}") for name in names}
        except (OSError, SafetensorError) as error:
            raise NoExpectedValue(f"{path.name} cannot be read: {error}") from None
        if not arrays:
            raise NoExpectedValue(f"{path.name} holds nothing for {check.name}")
        if about.get(f"{check.name} inputs") != fingerprint(inputs):
            raise NoExpectedValue(f"{path.name} was recorded for other inputs than are drawn here")
        return arrays


def record(
    path: Path, expected: Mapping[str, Mapping[str, Array]], inputs: Mapping[str, Inputs]
) -> None:
    """Writes the recording of one brick: expected arrays and fingerprints of inputs, by check."""
    arrays = {f"{check} {n}": a for check, named in expected.items() for n, a in named.items()}
    about = {check: "\n".join(named) for check, named in expected.items()}
    about |= {f"{check} inputs": fingerprint(drawn) for check, drawn in inputs.items()}
    content = save({k: np.array(v, order="C") for k, v in arrays.items()}, metadata=about)
    path.write_bytes(content)  # unlike safetensors' save_file, with the usual permissions


def fingerprint(inputs: Inputs) -> str:
    """Tells whether inputs are the ones a value was recorded for, on whatever machine."""
    digest = hashlib.sha256()
    for name in sorted(inputs):
        value: Any = inputs[name]
        digest.update(repr(name).encode())
        if np.asarray(value).dtype.kind in "biuf":
            # 5 digits: a libm may differ in the last bits of a draw, another stream in all.
            whole = np.round(np.asarray(value, np.float64), 5) + 0.0
            digest.update(str(whole.shape).encode() + whole.tobytes())
        else:
            digest.update(repr(value).encode())
    return digest.hexdigest()[:16]
