"""Locates a mistake: the check passes if the reference's version replaces exactly one function."""

from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from grader.diagnosis.explanation import Explanation, Where
from grader.outcome import NotFinite, Raised, WrongShape, WrongType, WrongValue
from grader.result import Result

FAILED = (WrongValue, WrongShape, WrongType, NotFinite, Raised)


def can_be_located(result: Result) -> bool:
    """Whether the check failed on what came back, and its cause is not known."""
    known = result.why and result.why.diagnosis and result.why.diagnosis.certain
    return isinstance(result.outcome, FAILED) and not known and not result.check.labels


def located(
    result: Result, own: Set[str], used: Sequence[str], passes: Callable[[str], bool]
) -> Result:
    """The result with the function that is at fault, where it is only one.

    own: the functions of the check's part.
    used: the functions that the check uses.
    passes: whether the check passes with the function replaced by the reference's.
    """
    if not set(used) - own and len(own) <= 1:
        return result  # there is no choice between functions
    wrong = [function for function in used if passes(function)]
    if len(wrong) != 1:
        return result
    name = wrong[0].removesuffix(".__init__")
    where = Where(name, "" if wrong[0] in own else result.check.part)
    return replace(result, why=replace(result.why or Explanation(), where=where))
