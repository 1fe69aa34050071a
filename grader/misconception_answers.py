"""What each known misconception answers: computed live, or read from what was recorded of it."""

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Protocol

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from grader.check import ASIDE, Check, Inputs
from grader.course import PUBLIC_SEED, Course
from grader.diagnosis.exact import Answers, can_be_first, same
from grader.expected import NoExpectedValue, fingerprint
from grader.judge import measured
from grader.misconception import Misconception, misconceptions, with_misconception
from grader.outcome import Array
from grader.probe import Job, Returned, Runner

KNOWN = "misconceptions"  # in a recording's metadata; no check may be named so


class MisconceptionAnswers(Protocol):
    def answers(
        self, check: Check, inputs: Inputs, after: Misconception | None = None
    ) -> Iterator[tuple[Misconception, Answers]]:
        """The misconceptions of the check's brick, each with what it answers.

        With `after`, each is made on top of that one. Those that answer nothing are left out.
        """
        ...


def misconception_answers_for(course: Course, brick: str, place: Runner) -> MisconceptionAnswers:
    """Live where the course has the reference of the brick, recorded elsewhere."""
    if course.has_solution(brick):
        return LiveAnswers(course, place)
    return RecordedAnswers(course.recorded)


class LiveAnswers:
    """Runs the probe on one misconception after the other, each once for the same inputs.

    Only on those that the check is known to catch (`bricks audit` finds out): the others answer
    right there, or would have failed a check that this one needs.
    """

    def __init__(self, course: Course, place: Runner):
        self.course = course
        self.place = place
        self._known: dict[tuple[str, ...], Answers | None] = {}

    def answers(
        self, check: Check, inputs: Inputs, after: Misconception | None = None
    ) -> Iterator[tuple[Misconception, Answers]]:
        first = [after] if after else []
        drawn = fingerprint(inputs)
        caught = self.course.caught.get(check.id)
        for mistake in misconceptions(self.course, check.brick):
            if caught is not None and mistake.id not in caught:
                continue
            made = [*first, mistake]
            key = (check.id, drawn, *(m.id for m in made))
            if key not in self._known:
                self._known[key] = self._computed(check, inputs, made)
            values = self._known[key]
            if values is not None and mistake is not after:
                yield mistake, values

    def _computed(self, check: Check, inputs: Inputs, made: list[Misconception]) -> Answers | None:
        *before, source = self.course.reference(check.brick)
        for mistake in made:
            source = with_misconception(source, mistake)
        came = self.place.run(
            Job(
                check,
                self.course.checks_file(check.brick),
                (*before, source),
                check.shown_to_probe(inputs),
                check.limit * 10,  # a busy machine changes no message
            )
        ).answer
        if isinstance(came, Returned):
            came = measured(check, came, inputs)
        if not isinstance(came, Returned):
            return None
        arrays = {k: v for k, v in came.values.items() if isinstance(v, np.ndarray)}
        if arrays.keys() != came.values.keys():
            return None
        return {name: array for name, array in arrays.items() if not name.startswith(ASIDE)}


class RecordedAnswers:
    """Reads what `record_lineup` wrote, for the public seed."""

    def __init__(self, folder: Path):
        self.folder = folder

    def answers(
        self, check: Check, inputs: Inputs, after: Misconception | None = None
    ) -> Iterator[tuple[Misconception, Answers]]:
        """As of a Lineup. Raises OracleError where the recording is missing or damaged."""
        path = recording(self.folder, check.brick)
        wanted = [after.id] if after else []
        try:
            with safe_open(path, framework="numpy") as file:
                about = file.metadata() or {}
                known = {m["id"]: Misconception(**m) for m in json.loads(about[KNOWN])}
                for key, (mistakes, names) in json.loads(about[check.name]).items():
                    *before, last = mistakes
                    if before == wanted:
                        yield known[last], {n: file.get_tensor(f"{key} {n}") for n in names}
        except (OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
            raise NoExpectedValue(f"{path.name} cannot be read: {error}") from None


def record_answers(
    course: Course, brick: str, misconception_answers: MisconceptionAnswers, folder: Path
) -> None:
    """Writes what the brick's misconceptions answer: each alone, and on top of an earlier one.

    A pair that answers as one alone does is left out. float32 is enough to tell them apart.
    """
    arrays: dict[str, Array] = {}
    about = {KNOWN: json.dumps([told(m) for m in misconceptions(course, brick)])}
    earlier: list[Misconception] = []
    for check in course.bricks[brick].checks.values():
        made: dict[str, tuple[list[str], list[str]]] = {}
        if check.looked_up and not check.labels:
            inputs = check.draw(PUBLIC_SEED)
            alone = list(misconception_answers.answers(check, inputs))
            pairs = [
                (m, *pair)
                for m in earlier
                for pair in misconception_answers.answers(check, inputs, after=m)
            ]
            novel = [
                ([first.id, second.id], values)
                for first, second, values in pairs
                if not any(same(values, other, check.tolerance) for _, other in alone)
            ]
            for mistakes, values in [*(([m.id], v) for m, v in alone), *novel]:
                key = f"{check.name} {len(made)}"
                made[key] = (mistakes, list(values))
                arrays |= {f"{key} {name}": _narrow(array) for name, array in values.items()}
            if can_be_first(check):
                earlier += [mistake for mistake, _ in alone if mistake not in earlier]
        about[check.name] = json.dumps(made)
    recording(folder, brick).write_bytes(save(arrays, metadata=about))


def recording(folder: Path, brick: str) -> Path:
    return folder / f"{brick}.misconceptions.safetensors"


def told(mistake: Misconception) -> dict[str, str]:
    """What a student may know of it: all but how it is made."""
    return {f.name: getattr(mistake, f.name) for f in fields(mistake) if f.name != "patch"}


def _narrow(array: Array) -> Array:
    kind = np.float32 if array.dtype == np.float64 else array.dtype
    return np.array(array, dtype=kind, order="C")
