"""The child's half of the encoding: frames to jobs, answers to frames."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from grader.brick import Brick
from grader.outcome import Array, Line
from grader.probe import Answer, Change, Job, Loaded, NoArray, Returned, Substituted, Tried
from grader.runner.encoding import (
    INPUT,
    MAX_SLOW,
    RETURNED,
    SOURCE,
    SUBSTITUTED,
    Arrays,
    Plain,
)
from grader.source import Source


def job_from_frame(
    plain: Plain, arrays: Mapping[str, Array], brick_in: Callable[[Path], Brick]
) -> Job:
    """Decodes a job. brick_in: gives the brick that a checks file declares."""
    file = Path(plain["checks_file"])
    sources = (
        Source(brick, shown, arrays[SOURCE + brick].tobytes(), own)
        for brick, shown, own in plain["sources"]
    )
    return Job(
        brick_in(file).checks[plain["check"]] if plain["check"] else None,
        file,
        tuple(sources),
        plain["inputs"] | _with_prefix(INPUT, arrays),
        plain["limit"],
        plain["loading"],
        frozenset(plain["left_out"]),
        tuple(tuple(Change(**one) for one in variant) for variant in plain["variants"]),
        _with_prefix(RETURNED, arrays),
        _substituted(plain[SUBSTITUTED], arrays),
        tuple(Line(**loop) for loop in plain["endless"]),
    )


def _substituted(
    plain: Mapping[str, Any] | None, arrays: Mapping[str, Array]
) -> Substituted | None:
    if plain is None:
        return None
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in plain.items()}
    return Substituted(**{**fields, "code": arrays[SUBSTITUTED].tobytes()})


def _with_prefix(prefix: str, arrays: Mapping[str, Array]) -> Arrays:
    return {n.removeprefix(prefix): array for n, array in arrays.items() if n.startswith(prefix)}


def answer_to_frame(answer: Answer) -> tuple[Plain, Arrays]:
    if isinstance(answer, Returned):
        arrays = {k: v for k, v in answer.values.items() if isinstance(v, np.ndarray)}
        other = {k: v.what for k, v in answer.values.items() if isinstance(v, NoArray)}
        return {"names": list(answer.values), "other": other}, arrays
    if isinstance(answer, Tried):
        tried = [None if it is None else list(it.values) for it in answer.values]
        found = enumerate(it.arrays if it else {} for it in answer.values)
        return {"tried": tried}, {f"{i} {name}": a for i, own in found for name, a in own.items()}
    if isinstance(answer, Loaded):
        return {"slow": [asdict(slow) for slow in answer.slow[:MAX_SLOW]]}, {}
    return {"claim": type(answer).__name__, "fields": asdict(answer)}, {}
