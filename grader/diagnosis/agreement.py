"""A cause must agree with all that ran: with what passed, and with what else is wrong.

Part of a check is a yes or no, which many mistakes answer alike. The rest of the brick tells them
apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.check import Check, Inputs
from grader.diagnosis.exact import diagnose, gives
from grader.expected import MisconceptionAnswers
from grader.misconception import Misconception
from grader.outcome import LargeArray, Outcome, WrongValue
from grader.probe import Returned


@dataclass(frozen=True)
class Ran:
    """What came back in another check of the brick, and whether it passed.

    near: it is of the same part, or may be behind the failure.
    """

    check: Check
    inputs: Inputs
    returned: Returned
    passed: bool
    near: bool


def may_be_behind(earlier: Check, check: Check, outcome: Outcome) -> bool:
    """Whether what fails in an earlier check may be behind the failure of this one.

    A function may be called by all that comes later. A method may be behind a wrong yes or no of
    another one of its class: many mistakes answer it alike.
    """
    if earlier.part.isidentifier() and earlier.part.islower():
        return True
    if not isinstance(outcome, WrongValue) or isinstance(outcome.expected, LargeArray):
        return False
    is_yes_or_no = outcome.expected.dtype.kind == "b"
    return is_yes_or_no and earlier.part.partition(".")[0] == check.part.partition(".")[0]


def agrees(
    mistake: Misconception,
    others: Iterable[Ran],
    answers: MisconceptionAnswers,
    before: Iterable[Misconception],
) -> bool:
    """Whether the mistake can be behind a failure, after all others that ran.

    Where it would fail a check that passed, or fail one otherwise, it is not there, or not alone.
    Where the same part, or one that it calls, fails in a way that no known mistake explains,
    something else may be behind both.

    before: the misconceptions that earlier checks show; each may hide what this one would give.
    """
    firsts = list(before)
    return all(
        _refutes_nothing(mistake, it, answers)
        if it.passed
        else _is_explained(mistake, it, answers, firsts)
        for it in others
    )


def _refutes_nothing(mistake: Misconception, ran: Ran, answers: MisconceptionAnswers) -> bool:
    known = answers.answer(mistake, ran.check, ran.inputs)
    return known is None or gives(ran.returned, known, ran.check)


def _is_explained(
    mistake: Misconception,
    ran: Ran,
    answers: MisconceptionAnswers,
    firsts: Iterable[Misconception],
) -> bool:
    check, inputs = ran.check, ran.inputs
    known = answers.answer(mistake, check, inputs)
    if known is None and not ran.near:
        return True
    if known is not None and gives(ran.returned, known, check):
        return True
    if diagnose(ran.returned, answers.answers(check, inputs), (), check.tolerance):
        return True
    return any(
        gives(ran.returned, both, check)
        for first in firsts
        for _, both in answers.answers(check, inputs, after=first)
    )
