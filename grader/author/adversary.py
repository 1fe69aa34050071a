"""An adversary that tries to earn points without an answer: if it fails, checks ask for work.

It sees all that the probe is given, and what `clean` and `measure` make of the returned values. It
answers in the probe's place, with values from grader.author.made_up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.author.made_up import made_up
from grader.author.reference_answers import Asked, ReferenceAnswers, Values, is_slow, same
from grader.brick import Brick
from grader.check import Check
from grader.course import Course
from grader.judge import accuracy
from grader.outcome import Accuracy, Array
from grader.probe import Returned

SEEDS = range(1, 11)
SEEDS_OF_SLOW = range(1, 4)  # where the probe takes Keras or trains for long
SEARCHES = 3  # seeds at which values are also combined, array by array
ROUNDS = 2  # of such a search
NO_WORK = "its inputs, and what is the same at every seed"


@dataclass(frozen=True)
class Forgery:
    """A check that passes without its answer: the values returned instead, and the seed."""

    check: Check
    what: str
    seed: int


@dataclass(frozen=True)
class Choice:
    """What the adversary can return under some names: the same kind of value under all of them.

    options: values, by a description; a single one if the right value takes no work.
    """

    names: tuple[str, ...]
    options: Mapping[str, Array]


def forgery(course: Course, answers: ReferenceAnswers) -> Forgery | None:
    """A way to pass the check without its answer; None if the adversary finds none."""
    check = answers.check
    if check.labels:
        return _lucky_labels(course, check)
    every = [answers.at(seed) for seed in (SEEDS_OF_SLOW if is_slow(check) else SEEDS)]
    for number, asked in enumerate(every):
        if check.clean is not None and number:
            return None  # that takes seconds
        found = choices(check, asked, [other for other in every if other is not asked])
        if check.measure is None and check.clean is None:
            what = _each_alone(answers, asked, found)
        else:
            what = _together(answers, asked, found, check.clean is None and number < SEARCHES)
        if what:
            return Forgery(check, what, asked.seed)
    return None


def choices(check: Check, asked: Asked, others: Sequence[Asked]) -> list[Choice]:
    """What the adversary can return at that seed, for all that the probe returns."""
    found = []
    for slot in asked.slots:
        name = slot.names[0]
        want = asked.returned[name]
        elsewhere = {
            f"the answer at seed {other.seed}": value
            for other in others
            if (value := other.named(asked.returned).get(name)) is not None
        }
        never_varies = bool(elsewhere) and all(same(want, value) for value in elsewhere.values())
        if never_varies or name in asked.of_the_probe:
            options = {NO_WORK: want}
        else:
            label = f"{slot.name} {slot.digest}"
            options = made_up(want, slot.shown, elsewhere, check.tolerance, label)
        found.append(Choice(slot.names, options))
    return found


def _each_alone(answers: ReferenceAnswers, asked: Asked, choices: Sequence[Choice]) -> str:
    """The values that pass a check which compares each array by itself; empty if none do."""
    used = []
    for choice in choices:
        passing = (
            what
            for what, value in choice.options.items()
            if all(answers.is_right(asked, name, value) for name in choice.names)
        )
        if not (what := next(passing, "")):
            return ""
        used.append(what)
    return _in_words(used)


def _together(
    answers: ReferenceAnswers, asked: Asked, choices: Sequence[Choice], search: bool
) -> str:
    """The values that pass a check which measures arrays together; empty if none do."""
    best, most = [""] * len(choices), -1
    for what in dict.fromkeys(what for choice in choices for what in choice.options):
        ways = [
            what if what in choice.options else next(iter(choice.options)) for choice in choices
        ]
        right = list(answers.right(asked, _filled(choices, ways)))
        if all(right):
            return _in_words(ways)
        if sum(right) > most:
            best, most = ways, sum(right)
    return _searched(answers, asked, choices, best, most) if search else ""


def _searched(
    answers: ReferenceAnswers,
    asked: Asked,
    choices: Sequence[Choice],
    ways: Sequence[str],
    most: int,
) -> str:
    """The values that pass if each is made up in its own way, found step by step.

    most: the arrays that are right in the best way so far.
    """
    for place in [*range(len(choices))] * ROUNDS:
        for what in choices[place].options:
            tried = [*ways[:place], what, *ways[place + 1 :]]
            right = list(answers.right(asked, _filled(choices, tried)))
            if all(right):
                return _in_words(tried)
            if sum(right) > most:
                ways, most = tried, sum(right)
    return ""


def _filled(choices: Sequence[Choice], ways: Sequence[str]) -> Values:
    found: dict[str, Array] = {}
    for choice, what in zip(choices, ways, strict=True):
        found |= dict.fromkeys(choice.names, choice.options[what])
    return found


def _in_words(ways: Sequence[str]) -> str:
    made = [what for what in dict.fromkeys(ways) if what != NO_WORK]
    return ", ".join(made) or NO_WORK


def _lucky_labels(course: Course, check: Check) -> Forgery | None:
    """A way to reach the check's bar with labels that ignore the images; None if there is none."""
    if check.id not in course.bars:
        return None
    drawn = {seed: check.draw(seed)[check.labels or ""] for seed in SEEDS_OF_SLOW}
    for seed, truth in drawn.items():
        classes = np.unique(truth)
        made = {
            f"the label {label} for every image": np.full_like(truth, label) for label in classes
        }
        made["random labels"] = np.random.default_rng(seed).choice(classes, size=len(truth))
        for other, labels in drawn.items():
            if other != seed:
                made["the labels of another seed"] = np.resize(labels, len(truth))
        for what, labels in made.items():
            reached = accuracy(Returned({"labels": labels}), truth, course.bars[check.id])
            if isinstance(reached, Accuracy) and reached.share >= reached.bar:
                return Forgery(check, what, seed)
    return None


def earned(brick: Brick, forgeries: Sequence[Forgery]) -> list[Forgery]:
    """The forgeries that give points.

    In a self-check, the checks that such a check needs must be forged too: a check that waits for
    real work gives the adversary no point. Grading does not wait, and asks for a voucher instead
    (grader.follow_through): one of the vouching checks must be forged, or there must be none.
    """
    made = {forgery.check.name for forgery in forgeries}

    def needs(check: Check) -> set[str]:
        found = set(check.needs)
        return found.union(*(needs(brick.checks[name]) for name in found))

    def unvouched(check: Check) -> bool:
        return not check.vouched_by or bool(made.intersection(check.vouched_by))

    return [it for it in forgeries if needs(it.check) <= made or unvouched(it.check)]
