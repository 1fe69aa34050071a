"""Expected values and misconceptions' answers, computed: for a course that has its solutions.

The runner must not run students' code as well: it holds the reference.
"""

import threading
from collections.abc import Iterator, Sequence

import numpy as np

from grader.check import ASIDE, Check, Inputs
from grader.course import Course
from grader.expected import Answers, NoExpectedValue, fingerprint
from grader.judge import measured
from grader.misconception import Misconception
from grader.misconceptions import misconceptions, with_misconception
from grader.probe import Answer, Job, Returned, Runner
from grader.run_check import run_check
from grader.source import Source


class LiveExpected:
    """Runs the probe on the reference, once for equal inputs."""

    def __init__(self, course: Course, runner: Runner):
        self.course = course
        self.runner = runner
        self._known: dict[str, Answers] = {}
        self._locks: dict[str, threading.Lock] = {}  # one for each value to compute

    def expected(self, check: Check, inputs: Inputs) -> Answers:
        key = f"{check.id} {fingerprint(inputs)}"
        with self._locks.setdefault(key, threading.Lock()):
            if key not in self._known:
                self._known[key] = self._computed(check, inputs)
            return self._known[key]

    def _computed(self, check: Check, inputs: Inputs) -> Answers:
        answer = answer_of(
            self.course, self.runner, check, self.course.reference(check.brick), inputs
        )
        if not isinstance(answer, Returned):
            raise NoExpectedValue(f"the reference fails {check.id}: {answer}")
        arrays = arrays_of(answer)
        if arrays is None:
            raise NoExpectedValue(f"the reference returns no array in {check.id}")
        return arrays


class LiveAnswers:
    """Runs the probe on one misconception after the other, each once for equal inputs.

    It runs only the misconceptions that the check is known to catch (`bricks audit` finds out): the
    others answer right, or would have failed a check that this one needs. It runs two at once only
    in quick checks: for the brick cnn, Keras's pairs took seven minutes of eight.
    """

    def __init__(self, course: Course, runner: Runner):
        self.course = course
        self.runner = runner
        self._known: dict[tuple[str, ...], Answers | None] = {}

    def answers(
        self, check: Check, inputs: Inputs, after: Misconception | None = None
    ) -> Iterator[tuple[Misconception, Answers]]:
        if after and not check.is_quick:
            return
        first = [after] if after else []
        drawn = fingerprint(inputs)
        caught = self.course.caught.get(check.id)
        for mistake in misconceptions(self.course, check.brick):
            if caught is not None and mistake.id not in caught:
                continue
            values = self._once(check, inputs, drawn, [*first, mistake])
            if values is not None and mistake is not after:
                yield mistake, values

    def answer(self, mistake: Misconception, check: Check, inputs: Inputs) -> Answers | None:
        caught = self.course.caught.get(check.id)
        if caught is not None and mistake.id not in caught:
            return None
        return self._once(check, inputs, fingerprint(inputs), [mistake])

    def _once(
        self, check: Check, inputs: Inputs, drawn: str, made: list[Misconception]
    ) -> Answers | None:
        key = (check.id, drawn, *(m.id for m in made))
        if key not in self._known:
            self._known[key] = answer_with(self.course, self.runner, check, inputs, made)
        return self._known[key]


def answer_with(
    course: Course, runner: Runner, check: Check, inputs: Inputs, made: Sequence[Misconception]
) -> Answers | None:
    """The answer of the reference with these misconceptions in it; None if it is not arrays."""
    *before, source = course.reference(check.brick)
    for mistake in made:
        source = with_misconception(source, mistake)
    answer = answer_of(course, runner, check, [*before, source], inputs)
    arrays = arrays_of(answer) if isinstance(answer, Returned) else None
    if arrays is None:
        return None
    return {name: array for name, array in arrays.items() if not name.startswith(ASIDE)}


def answer_of(
    course: Course, runner: Runner, check: Check, sources: Sequence[Source], inputs: Inputs
) -> Answer:
    """What the check's probe returns for the last source, after the check's `measure`."""
    limit = check.limit * 10  # a busy machine changes no value and no message
    job = Job(check, course.checks_file(check.brick), tuple(sources), limit=limit)
    answer = run_check(job, inputs, runner.run).answer
    return measured(check, answer, inputs) if isinstance(answer, Returned) else answer


def arrays_of(returned: Returned) -> Answers | None:
    """The values if all of them are arrays; else None."""
    arrays = {k: v for k, v in returned.values.items() if isinstance(v, np.ndarray)}
    return arrays if arrays.keys() == returned.values.keys() else None
