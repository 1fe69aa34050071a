"""A named cause must agree with every check that ran: those that passed, and those that failed.

Some values of a check are a yes or no, which many mistakes answer alike. The brick's other checks
tell these mistakes apart.
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
    """What came back in another check of the brick, and whether that check passed.

    near: whether it is a check of the same part, or of one that may cause the failure.
    """

    check: Check
    inputs: Inputs
    returned: Returned
    passed: bool
    near: bool


def may_be_behind(earlier: Check, check: Check, outcome: Outcome) -> bool:
    """Whether the failure of an earlier check may cause the failure of this one.

    Every later part may call a function. A method may cause a wrong yes or no of another method of
    its class, which many mistakes answer alike.
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
    """Whether the mistake can cause a failure, judged by all other checks that ran.

    If the mistake would fail a check that passed, or would fail a check with another answer, the
    code does not have it, or has others too. If the same part, or one that it calls, fails in a way
    that no known mistake explains, an unknown mistake may cause both failures.

    before: the misconceptions that earlier checks show; each may change the answer of this one.
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
