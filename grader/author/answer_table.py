"""Counts the answers that somebody must know by heart to pass a check at every seed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.author.reference_answers import Asked, ReferenceAnswers, is_slow
from grader.check import Check

SEEDS = 1_000
ENOUGH = 100  # distinct inputs, and answers to know by heart: no more are counted
SEEDS_OF_SLOW = 6  # where the probe takes Keras or trains for long
SEEDS_OF_CLEANED = 3
SEEDS_OF_IMAGES = 30  # thousands of images are drawn for each
HOPELESS = 5  # distinct inputs at the first 100 seeds: then there are no 100 at 1,000 seeds
DIGESTED = 10_000  # entries of a large input


@dataclass(frozen=True)
class Table:
    """How a check could be answered from a table.

    drawn    the number of seeds whose inputs were compared, as the probe sees them.
    inputs   the number of distinct inputs among them, up to ENOUGH.
    passed   the number of seeds at which `answers` pass; 0 if the check asks for an accuracy.
    answers  the number of the reference's answers that pass them all, up to ENOUGH.
    """

    check: Check
    drawn: int
    inputs: int
    passed: int = 0
    answers: int = 0

    @property
    def defects(self) -> list[str]:
        """A sentence for each way in which the check can be learned by heart."""
        found = []
        if self.inputs < min(ENOUGH, self.drawn):
            found.append(
                f"{self.check.name} has {counted(self.inputs, 'distinct input')} "
                f"at {self.drawn} seeds"
            )
        if self.answers < min(ENOUGH, self.passed):
            found.append(
                f"{self.check.name} is passed at {self.passed} seeds "
                f"by {counted(self.answers, 'answer')} of the reference"
            )
        return found


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def answer_table(answers: ReferenceAnswers) -> Table:
    """The table for a check."""
    check = answers.check
    drawn, inputs = _distinct_inputs(check)
    if check.labels:
        return Table(check, drawn, inputs)
    return Table(check, drawn, inputs, *_answers_needed(answers))


def _distinct_inputs(check: Check) -> tuple[int, int]:
    """Seeds drawn, and distinct inputs that the probe is given."""
    found: set[str] = set()
    n_seeds = SEEDS_OF_IMAGES if check.labels else SEEDS
    for seed in range(1, n_seeds + 1):
        found.add(digest(check.runs(check.draw(seed))))
        if _decided(len(found), seed):
            return seed, len(found)
    return n_seeds, len(found)


def _decided(found: int, seeds: int) -> bool:
    """Whether no more seeds are needed: enough inputs are distinct, or never enough will be."""
    return found >= ENOUGH or (seeds >= ENOUGH and found <= HOPELESS)


def digest(value: Any) -> str:
    """A digest of an input; of a large array, only some entries count."""
    if isinstance(value, Mapping):
        text = repr([(name, digest(inner)) for name, inner in value.items()]).encode()
    elif isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        some = value.reshape(-1)[:: 1 + value.size // DIGESTED]
        text = f"{value.dtype} {value.shape}".encode() + some.tobytes()
    else:
        text = repr(value).encode()
    return hashlib.sha256(text).hexdigest()


def _answers_needed(answers: ReferenceAnswers) -> tuple[int, int]:
    """Seeds tried, and answers needed: a seed adds its own answer if no earlier one passes there.

    If the check is slow, few seeds show whether one answer passes at another seed.
    """
    check = answers.check
    n_seeds = SEEDS
    if is_slow(check):
        n_seeds = SEEDS_OF_CLEANED if check.clean else SEEDS_OF_SLOW
    table: list[Asked] = []
    for seed in range(1, n_seeds + 1):
        asked = answers.at(seed)
        if not any(_passes(answers, asked, entry) for entry in table):
            table.append(asked)
        if _decided(len(table), seed):
            return seed, len(table)
    return n_seeds, len(table)


def _passes(answers: ReferenceAnswers, asked: Asked, entry: Asked) -> bool:
    """Whether the reference's answer at another seed passes at this one.

    Values that the probe makes without the code under test are those of this seed.
    """
    known = entry.named(asked.returned)
    if known.keys() != asked.returned.keys():
        return False
    return answers.passes(asked, {**known, **asked.of_the_probe})
