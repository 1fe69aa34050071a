"""The grader's half of the encoding: jobs to frames, frames to answers (see grader.runner.frames).

A process that runs a student's code is not trusted: each field that it sends is checked when it is
read, and a field that is not allowed raises BadFrame.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from grader.outcome import (
    MAX_LINES,
    Array,
    CellStopped,
    Line,
    Missing,
    NotWritten,
    Outcome,
    Raised,
    Slow,
    TooSlow,
    Unloadable,
    WrongSignature,
    WrongType,
)
from grader.printable import READ, one_line, printable
from grader.probe import Answer, Job, Loaded, NoArray, Returned, Tried
from grader.runner.frames import BadFrame
from grader.source import MAX_BYTES

Plain = dict[str, Any]
Arrays = dict[str, Array]

MAX_NAMES = 1_000
MAX_SLOW = 200  # statements
MAX_LINE = 200  # characters of each part of a line
INPUT, RETURNED, SOURCE, CHECKS, SUBSTITUTED = (
    "input ",
    "returned ",
    "source ",
    "checks",
    "substituted",
)  # prefixes of the names of a job's arrays
WATCHED = "watched"  # in a frame that is no answer: the lines that ran so far
FAULT = "fault"  # in an answer: the traceback of a failure before the student's code ran

# The outcomes that a process with a student's code may claim. None of them earns points.
CLAIMS: dict[str, type[Outcome]] = {
    claim.__name__: claim
    for claim in (
        *(Raised, Unloadable, CellStopped, Missing, WrongSignature, NotWritten, WrongType),
    )
}


def job_to_frame(job: Job) -> tuple[Plain, Arrays]:
    arrays: Arrays = {}
    plain: dict[str, Any] = {}
    for name, value in job.inputs.items():
        if isinstance(value, np.ndarray):
            arrays[INPUT + name] = value
        else:
            plain[name] = value
    arrays |= {RETURNED + name: value for name, value in job.returned.items()}
    for source in job.sources:
        arrays[SOURCE + source.brick] = np.frombuffer(source.code, dtype=np.uint8)
    if job.substituted:
        arrays[SUBSTITUTED] = np.frombuffer(job.substituted.code, dtype=np.uint8)
    return {
        "checks_file": str(job.checks_file),
        "check": job.check.name if job.check else None,
        "sources": [(source.brick, source.file, source.own) for source in job.sources],
        "inputs": plain,
        "limit": job.limit,
        "loading": job.loading,
        "left_out": sorted(job.left_out),
        "endless": [asdict(loop) for loop in job.endless],
        "variants": [[asdict(change) for change in variant] for variant in job.variants],
        SUBSTITUTED: job.substituted and {**vars(job.substituted), "code": None},
    }, arrays


def answer_from_frame(plain: Mapping[str, Any], arrays: Mapping[str, Array]) -> Answer:
    """Decodes an answer. Raises BadFrame where the frame has a field that is not allowed."""
    try:
        if "claim" in plain:
            fields = dict(plain["fields"])
            lines = {"lines": _lines(fields.pop("lines"))} if "lines" in fields else {}
            texts = {name: _words(value) for name, value in fields.items()}
            return CLAIMS[plain["claim"]](**texts, **lines)
        if "slow" in plain:
            return Loaded(tuple(_slow(it) for it in plain["slow"][:MAX_SLOW]))
        if "tried" in plain:
            return Tried(tuple(_tried(i, it, arrays) for i, it in enumerate(plain["tried"])))
        if "names" not in plain:
            raise BadFrame("it is empty")
        other = {name: NoArray(_words(what)) for name, what in plain["other"].items()}
        names = [_name(name) for name in plain["names"][:MAX_NAMES]]
        return Returned({name: other.get(name) or arrays[name] for name in names})
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise BadFrame(str(error)) from None


def _tried(number: int, names: Any, arrays: Mapping[str, Array]) -> Returned | None:
    if names is None:
        return None
    return Returned({_name(name): arrays[f"{number} {name}"] for name in names[:MAX_NAMES]})


def too_slow(limit: float, certain: bool, watched: Any) -> TooSlow:
    """The outcome of a job that was stopped, with what its process last sent about it, if valid.

    watched: the content of WATCHED in the last such frame; None if none came.
    """
    try:
        times, repeats = float(watched["times"]), watched["repeats"] is True
        lines = _lines(watched["lines"])
        loop = _lines([watched["loop"]])[0] if watched.get("loop") else None
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, BadFrame):
        return TooSlow(limit, certain)
    times = times if math.isfinite(times) and 0 < times < 1e6 else 0.0
    return TooSlow(limit, certain, lines, times, repeats, loop)


def _slow(said: Mapping[str, Any]) -> Slow:
    [line], seconds = _lines([said["line"]]), float(said["seconds"])
    if not (math.isfinite(seconds) and seconds >= 0 and isinstance(said["stopped"], bool)):
        raise BadFrame("no such time")
    return Slow(_short(said["digest"]), line, seconds, said["stopped"])


def _lines(said: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(
        Line(_short(it["file"]), _number(it["number"]), _short(it["function"]), _short(it["text"]))
        for it in said[:MAX_LINES]
    )


def _number(value: Any) -> int:
    """The number of a line; a number with many digits, which would fill a message, is refused."""
    if not 0 <= value <= MAX_BYTES:
        raise BadFrame("no such line")
    return int(value)


def _short(value: Any) -> str:
    return " ".join(_text(value).split("\n"))[:MAX_LINE]


def _name(value: Any) -> str:
    """The name of a value; names come from probes, and are printable."""
    if _text(value) != value or "\n" in value or len(value) > MAX_LINE:
        raise BadFrame("a name that cannot be shown")
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadFrame("a claim's fields are text")
    return printable(value[:READ])


def _words(value: Any) -> str:
    """The text of an exception or the name of a type, as a short line."""
    return one_line(_text(value))
