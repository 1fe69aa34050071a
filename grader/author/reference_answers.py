"""Runs the reference at a check for any seed, and judges made-up answers there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from grader.check import ASIDE, Check, Inputs, of_run
from grader.course import Course
from grader.expected import NoExpectedValue, fingerprint
from grader.judge import compare, measured
from grader.outcome import Array, Passed
from grader.probe import Answer, Job, Returned, Runner
from grader.random_state import GLOBAL_STATE
from grader.run_check import run_check

Values = Mapping[str, Array]


@dataclass(frozen=True)
class Asked:
    """A check at one seed, with the reference's values.

    runs      by run, the inputs of the probe.
    returned  by name and run, what the probe returned for the reference, before `clean` and
              `measure`.
    expected  the values to compare with: `returned` after both.
    """

    seed: int
    inputs: Inputs
    runs: Mapping[str, Mapping[str, Any]]
    returned: Values
    expected: Values

    @cached_property
    def slots(self) -> "tuple[Slot, ...]":
        """What the probe returned, by slot."""
        found: dict[tuple[str, str], Slot] = {}
        for run, shown in self.runs.items():
            suffix, digest = of_run(run), fingerprint(shown)
            for name in self.returned:
                if name.endswith(suffix):
                    key = name.removesuffix(suffix), digest
                    slot = found.get(key, Slot(key[0], (), shown, digest))
                    found[key] = replace(slot, names=(*slot.names, name))
        return tuple(found.values())

    def named(self, names: Iterable[str]) -> Values:
        """The returned values under the names of another seed: some names hold drawn numbers."""
        given = [*names]
        if len(given) != len(self.returned):
            return self.returned
        return dict(zip(given, self.returned.values(), strict=True))

    @cached_property
    def of_the_probe(self) -> Values:
        """The returned values that do not depend on the code under test."""
        return {
            name: self.returned[name]
            for slot in self.slots
            for name in slot.names
            if slot.name.startswith(GLOBAL_STATE)
            or any(same(self.returned[name], value) for value in slot.shown.values())
        }


@dataclass(frozen=True)
class Slot:
    """One returned value, or those of several runs with the same inputs.

    Such runs must get the same made-up value, since a process cannot tell them apart.

    name    the value's, without that of a run.
    names   the value's names with those of all these runs.
    shown   the inputs of the probe in each of them; and their digest.
    """

    name: str
    names: tuple[str, ...]
    shown: Inputs
    digest: str


class ReferenceAnswers:
    """Runs a check's probe on the reference; judges other values in place of the returned ones."""

    def __init__(self, course: Course, check: Check, runner: Runner):
        self.check = check
        self._file = course.checks_file(check.brick)
        self._sources = tuple(course.reference(check.brick))
        self._limit = check.limit * 10  # a busy machine changes no value
        self._runner = runner
        self._known: dict[int, Asked] = {}

    def at(self, seed: int) -> Asked:
        """The check at that seed. Raises NoExpectedValue if the reference fails it."""
        if seed not in self._known:
            self._known[seed] = self._asked(seed)
        return self._known[seed]

    def _asked(self, seed: int) -> Asked:
        inputs = self.check.draw(seed)
        job = Job(replace(self.check, clean=None), self._file, self._sources, limit=self._limit)
        returned = self._arrays(run_check(job, inputs, self._runner.run).answer)
        expected = self._arrays(self._compared(returned, inputs))
        return Asked(seed, inputs, self.check.runs(inputs), returned, expected)

    def _arrays(self, answer: Answer) -> Values:
        if not isinstance(answer, Returned) or len(answer.arrays) < len(answer.values):
            raise NoExpectedValue(f"the reference fails {self.check.id}: {answer}")
        return {k: v for k, v in answer.arrays.items() if not k.startswith(ASIDE)}

    def _compared(self, values: Values, inputs: Inputs) -> Answer:
        """The values after `clean` and `measure`, as in grading."""
        answer: Answer = Returned(values)
        if self.check.clean is not None:
            job = Job(self.check, self._file, (), inputs, self._limit, returned=values)
            answer = self._runner.run(job).answer
        return measured(self.check, answer, inputs) if isinstance(answer, Returned) else answer

    def right(self, asked: Asked, values: Values) -> Iterator[bool]:
        """For each array to compare, whether it is right if the probe returns `values`."""
        answer = self._compared(values, asked.inputs)
        got = answer.arrays if isinstance(answer, Returned) else {}
        for name in asked.expected:
            yield name in got and self.is_right(asked, name, got[name])

    def is_right(self, asked: Asked, name: str, value: Array) -> bool:
        """Whether the value is right as the array of that name."""
        outcome = compare(name, value, asked.expected[name], self.check.tolerance)
        return isinstance(outcome, Passed)

    def passes(self, asked: Asked, values: Values) -> bool:
        """Whether the check passes if the probe returns these values."""
        return all(self.right(asked, values))


def is_slow(check: Check) -> bool:
    """Whether the check is too slow for many runs: it takes Keras, or trains for long."""
    return check.keras or not check.looked_up or check.clean is not None


def same(one: Any, other: Any) -> bool:
    """Whether both are equal arrays, of whatever type."""
    return np.array_equal(np.asarray(one), np.asarray(other))
