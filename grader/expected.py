"""Expected values and misconceptions' answers, read from the files of `bricks release`.

A course with solutions computes them instead (grader.live). A student's kit holds neither
solutions nor that module.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from safetensors import SafetensorError, safe_open

from grader.check import Check, Inputs
from grader.misconception import Misconception
from grader.outcome import Array

DRAWS = 2  # how often each check's inputs are drawn: a repair must hold for both draws
KNOWN = "misconceptions"  # a key of a recording's metadata, beside the names of checks

Answers = Mapping[str, Array]


class NoExpectedValue(Exception):
    """There is no expected value. This is a fault of the kit, never of the code that is judged."""


class ExpectedValues(Protocol):
    def expected(self, check: Check, inputs: Inputs) -> Answers:
        """The arrays that the check compares with, by name. Raises NoExpectedValue."""
        ...


class MisconceptionAnswers(Protocol):
    def answers(
        self, check: Check, inputs: Inputs, after: Misconception | None = None
    ) -> Iterator[tuple[Misconception, Answers]]:
        """The misconceptions of the check's brick, each with its answer, if it has one.

        after: one that each of them is combined with. Raises NoExpectedValue.
        """
        ...

    def answer(self, mistake: Misconception, check: Check, inputs: Inputs) -> Answers | None:
        """The answer of that misconception alone; None if it has none, or passes the check."""
        ...


class RecordedExpected:
    """Reads `recorded/<brick>.safetensors`, written by `bricks release` for the public seed."""

    def __init__(self, folder: Path):
        self.folder = folder

    def expected(self, check: Check, inputs: Inputs) -> Answers:
        path = expected_file(self.folder, check.brick)
        try:
            with safe_open(path, framework="numpy") as file:
                about = file.metadata() or {}
                key = _recorded_as(check, fingerprint(inputs), about)
                names = [n for n in about.get(key, "").split("\n") if n]
                arrays = {name: file.get_tensor(f"{key} {name}") for name in names}
        except (OSError, SafetensorError) as error:
            raise NoExpectedValue(f"{path.name} cannot be read: {error}") from None
        if check.name not in about:
            raise NoExpectedValue(f"{path.name} holds nothing for {check.name}")
        if not arrays:
            raise NoExpectedValue(f"{path.name} was recorded for other inputs than are drawn here")
        return arrays


def _recorded_as(check: Check, inputs: str, about: Mapping[str, str]) -> str:
    """The key of the recorded draw whose inputs have this fingerprint; empty if there is none."""
    keys = [recorded_draw(check.name, draw) for draw in range(DRAWS)]
    return next((key for key in keys if about.get(f"{key} inputs") == inputs), "")


def recorded_draw(check: str, draw: int) -> str:
    """The key of one of a check's draws in a recording."""
    return f"{check} draw {draw}" if draw else check


class RecordedAnswers:
    """Reads `recorded/<brick>.misconceptions.safetensors`, written for the public seed."""

    def __init__(self, folder: Path):
        self.folder = folder

    def answers(
        self, check: Check, inputs: Inputs, after: Misconception | None = None
    ) -> Iterator[tuple[Misconception, Answers]]:
        path = misconceptions_file(self.folder, check.brick)
        wanted = [after.id] if after else []
        try:
            with safe_open(path, framework="numpy") as file:
                about = file.metadata() or {}
                known = {m["id"]: Misconception(**m) for m in json.loads(about[KNOWN])}
                for mistakes, stored in json.loads(about[check.name]):
                    *before, last = mistakes
                    if before == wanted:
                        yield known[last], {n: file.get_tensor(key) for n, key in stored.items()}
        except (OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
            raise NoExpectedValue(f"{path.name} cannot be read: {error}") from None

    def answer(self, mistake: Misconception, check: Check, inputs: Inputs) -> Answers | None:
        found = (values for one, values in self.answers(check, inputs) if one.id == mistake.id)
        return next(found, None)


def expected_file(folder: Path, brick: str) -> Path:
    """The file that records a brick's expected values."""
    return folder / f"{brick}.safetensors"


def misconceptions_file(folder: Path, brick: str) -> Path:
    """The file that records the answers of a brick's misconceptions."""
    return folder / f"{brick}.misconceptions.safetensors"


def fingerprint(inputs: Inputs) -> str:
    """A digest of a check's inputs, the same on every machine."""
    digest = hashlib.sha256()
    for name in sorted(inputs):
        value: Any = inputs[name]
        digest.update(repr(name).encode())
        if np.asarray(value).dtype.kind in "biuf":
            # 5 digits: the seed decides all digits of a draw, but the libm its last bits.
            rounded = np.round(np.asarray(value, np.float64), 5) + 0.0
            digest.update(str(rounded.shape).encode() + rounded.tobytes())
        else:
            digest.update(repr(value).encode())
    return digest.hexdigest()[:16]
