"""Trains at an accuracy bar: a bar counts as missed after three tries, each from its own seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.check import Check, Inputs
from grader.diagnosis.explanation import Explanation, note_of
from grader.illustration import illustration
from grader.judge import accuracy
from grader.outcome import Accuracy, BelowBar, Outcome, Passed
from grader.probe import Loaded, Returned, Run, Tried
from grader.result import Result
from grader.source import Source
from grader.student_code import StudentCode

TRIES_AT_A_BAR = 3


@dataclass(frozen=True)
class Training:
    """One try. reached: the accuracy, or why there is none."""

    inputs: Inputs
    run: Run
    reached: Accuracy | Outcome


def trained(
    check: Check,
    inputs: Inputs,
    evidence: Mapping[str, Any],
    code: StudentCode,
    at_home: bool,
    sources: Sequence[Source] | None = None,
) -> Training:
    """One training of the code. sources: instead of the code's own. at_home: in a self-check."""
    run = code.run(check, inputs, sources)
    assert not isinstance(run.answer, Loaded | Tried)  # these are no answers to a check
    if not isinstance(run.answer, Returned):
        return Training(inputs, run, run.answer)
    labels = inputs[check.labels or ""]
    return Training(inputs, run, accuracy(run.answer, labels, evidence, at_home))


def best_of_tries(check: Check, train: Callable[[int], Training]) -> Result:
    """The result of the first try that meets the bar, or else of the best one.

    train: trains from the seed of that attempt.
    """
    tries: list[tuple[Accuracy, Training]] = []
    seconds = cpu = 0.0
    for attempt in range(TRIES_AT_A_BAR):
        made = train(attempt)
        seconds, cpu = seconds + made.run.seconds, cpu + made.run.cpu
        reached = made.reached
        if isinstance(reached, Accuracy) and reached.share < reached.bar:
            tries.append((reached, made))
            continue
        outcome = Passed(reached) if isinstance(reached, Accuracy) else reached
        return Result(check, outcome, made.inputs, made.run.printed, seconds, cpu)
    from grader.confusion import confusion  # most bars are met

    best, made = max(tries, key=lambda one: one[0].share)  # the first of the best
    returned = made.run.answer
    assert isinstance(returned, Returned)
    below = BelowBar(best, TRIES_AT_A_BAR, confusion(check, returned, made.inputs))
    note, drawn = note_of(returned), illustration(check, returned, {}, made.inputs)
    why = Explanation(note=note, illustration=drawn) if note or drawn else None
    return Result(check, below, made.inputs, made.run.printed, seconds, cpu, why)
