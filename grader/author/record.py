"""Writes a kit's recordings, which replace solutions: expected values, misconception answers."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from grader.check import Check, Inputs
from grader.course import PUBLIC_SEED, Course
from grader.diagnosis.exact import same
from grader.expected import (
    DRAWS,
    KNOWN,
    Answers,
    ExpectedValues,
    MisconceptionAnswers,
    expected_file,
    fingerprint,
    misconceptions_file,
    recorded_draw,
)
from grader.misconception import Misconception
from grader.misconceptions import misconceptions
from grader.outcome import Array

Found = tuple[list[str], Answers]  # ids of the misconceptions, applied one after the other


def record_expected(
    course: Course, brick: str, expected_values: ExpectedValues, folder: Path
) -> None:
    """Writes the expected values of the brick's checks; an accuracy check has its bar instead."""
    checks = [check for check in course.bricks[brick].checks.values() if not check.labels]
    drawn = {
        recorded_draw(check.name, draw): (check, check.draw(PUBLIC_SEED, draw))
        for check in checks
        for draw in range(DRAWS if check.is_quick else 1)
    }
    expected = {key: expected_values.expected(*about) for key, about in drawn.items()}
    inputs = {key: inputs for key, (_, inputs) in drawn.items()}
    write_expected(expected_file(folder, brick), expected, inputs)


def write_expected(
    path: Path, expected: Mapping[str, Answers], inputs: Mapping[str, Inputs]
) -> None:
    """Expected arrays and fingerprints of inputs, by check."""
    arrays = {f"{check} {n}": a for check, named in expected.items() for n, a in named.items()}
    about = {check: "\n".join(named) for check, named in expected.items()}
    about |= {f"{check} inputs": fingerprint(drawn) for check, drawn in inputs.items()}
    content = save({k: np.array(v, order="C") for k, v in arrays.items()}, metadata=about)
    path.write_bytes(content)  # safetensors' save_file would set other permissions


def record_answers(
    course: Course, brick: str, misconception_answers: MisconceptionAnswers, folder: Path
) -> None:
    """Writes the answers of the brick's misconceptions: each alone, and each after an earlier one.

    The arrays are stored as float32, which is enough to tell them apart, and equal ones only once:
    most mistakes change few of the arrays that a check returns.
    """
    arrays: dict[str, Array] = {}
    numbers: dict[tuple[Any, ...], str] = {}  # of arrays, by their contents
    about = {KNOWN: json.dumps([shown(m) for m in misconceptions(course, brick)])}
    earlier: list[Misconception] = []
    for check in course.bricks[brick].checks.values():
        made: list[tuple[list[str], dict[str, str]]] = []
        if check.looked_up and not check.labels:
            inputs = check.draw(PUBLIC_SEED)
            alone = list(misconception_answers.answers(check, inputs))
            pairs = _pairs(misconception_answers, check, inputs, earlier, alone)
            for mistakes, values in [*(([m.id], v) for m, v in alone), *pairs]:
                stored = {}
                for name, array in values.items():
                    narrow = _narrow(array)
                    contents = (narrow.shape, narrow.dtype.str, narrow.tobytes())
                    stored[name] = numbers.setdefault(contents, str(len(numbers)))
                    arrays[stored[name]] = narrow
                made.append((mistakes, stored))
            if check.is_quick:
                earlier += [mistake for mistake, _ in alone if mistake not in earlier]
        about[check.name] = json.dumps(made)
    misconceptions_file(folder, brick).write_bytes(save(arrays, metadata=about))


def _pairs(
    misconception_answers: MisconceptionAnswers,
    check: Check,
    inputs: Inputs,
    earlier: list[Misconception],
    alone: list[tuple[Misconception, Answers]],
) -> list[Found]:
    """The answers of two misconceptions at once, except those that one of them gives alone."""
    pairs = [
        ([first.id, second.id], values)
        for first in earlier
        for second, values in misconception_answers.answers(check, inputs, after=first)
    ]
    return [
        (mistakes, values)
        for mistakes, values in pairs
        if not any(same(values, other, check.tolerance) for _, other in alone)
    ]


def shown(mistake: Misconception) -> dict[str, str]:
    """The fields that a student may see: all but the code that makes the mistake."""
    return {f.name: getattr(mistake, f.name) for f in fields(mistake) if f.name != "patch"}


def _narrow(array: Array) -> Array:
    kind = np.float32 if array.dtype == np.float64 else array.dtype
    return np.array(array, dtype=kind, order="C")
