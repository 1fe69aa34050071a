"""What each known misconception answers: computed live, or read from what was recorded of it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from safetensors import SafetensorError, safe_open

from grader.answer import Returned
from grader.check import ASIDE, Check, Inputs
from grader.course import Course
from grader.judge import measured
from grader.misconception import Misconception, misconceptions, with_misconception
from grader.oracle import fingerprint
from grader.outcome import Array
from grader.place import Place

Answers = Mapping[str, Array]


class Lineup(Protocol):
    def answers(
        self, check: Check, inputs: Inputs, after: Misconception | None = None
    ) -> Iterator[tuple[Misconception, Answers]]:
        """The misconceptions of the check's brick, each with what it answers.

        With `after`, each is made on top of that one. Those that answer nothing are left out.
        """
        ...


def lineup_for(course: Course, brick: str, place: Place) -> Lineup:
    """Live where the course has the reference of the brick, recorded elsewhere."""
    if course.has_solution(brick):
        return LiveLineup(course, place)
    return RecordedLineup(course.recorded)


class LiveLineup:
    """Runs the probe on one misconception after the other, each once for the same inputs.

    Only on those that the check is known to catch (`bricks audit` finds out): the others answer
    right there, or would have failed a check that this one needs.
    """

    def __init__(self, course: Course, place: Place):
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
            check,
            self.course.checks_file(check.brick),
            [*before, source],
            check.shown_to_probe(inputs),
            check.limit,
        ).answer
        if isinstance(came, Returned):
            came = measured(check, came, inputs)
        if not isinstance(came, Returned):
            return None
        arrays = {k: v for k, v in came.values.items() if isinstance(v, np.ndarray)}
        if arrays.keys() != came.values.keys():
            return None
        return {name: array for name, array in arrays.items() if not name.startswith(ASIDE)}


class RecordedLineup:
    """Reads what `bricks release` recorded beside the expected values, for the public seed."""

    def __init__(self, folder: Path):
        self.folder = folder

    def answers(
        self, check: Check, inputs: Inputs, after: Misconception | None = None
    ) -> Iterator[tuple[Misconception, Answers]]:
        try:
            with safe_open(self.folder / f"{check.brick}.safetensors", framework="numpy") as file:
                about = file.metadata() or {}
                said = {m["id"]: Misconception(**m) for m in json.loads(about["misconceptions"])}
                names = about[check.name].split("\n")
                made = json.loads(about.get(f"{check.name} mistaken", "{}"))
                for key, differing in made.items():
                    first, _, last = key.rpartition(" + ")
                    if first != (after.id if after else ""):
                        continue
                    yield (
                        said[last],
                        {
                            name: file.get_tensor(
                                f"{check.name} {key}: {name}"
                                if name in differing
                                else f"{check.name} {name}"
                            )
                            for name in names
                            if not name.startswith(ASIDE)
                        },
                    )
        except (OSError, KeyError, SafetensorError):
            return  # no diagnosis is a smaller loss than a wrong one
