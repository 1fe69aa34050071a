"""Searches for a repair of a brick that was examined, and adds it to the checks that fail."""

import time
from collections.abc import Sequence
from dataclasses import replace

from grader.check import Check
from grader.diagnosis.explanation import Explanation
from grader.examine import Examination
from grader.outcome import (
    Missing,
    NotFinite,
    Passed,
    Raised,
    WrongShape,
    WrongSignature,
    WrongType,
    WrongValue,
)
from grader.repair.kinds import Repair
from grader.repair.numbers import drawn_numbers
from grader.repair.places import Place, never_called, places_in
from grader.repair.search import SearchProblem, find_repairs
from grader.result import Result

# Limit of wall time: WALL seconds for each second of the budget, and MORE_WALL seconds more. Code
# that sleeps uses no processor time.
WALL, MORE_WALL = 4.0, 10.0
WRONG = (WrongValue, WrongShape, WrongType, NotFinite, Raised, Missing, WrongSignature)


def with_repairs(
    results: Sequence[Result], examination: Examination, budget: float
) -> list[Result]:
    """All results of a brick; a failing check that a small edit mends gets the edit's place.

    A check whose message names a known mistake stays as it is.
    """
    found = repairs_of(results, examination, budget) if is_unknown(results) else []
    repairs = {name: repair for repair in found for name in repair.mends}
    return [
        replace(it, why=replace(it.why or Explanation(), repair=repairs[it.check.name]))
        if it.check.name in repairs
        else it
        for it in results
    ]


def repairs_of(results: Sequence[Result], examination: Examination, budget: float) -> list[Repair]:
    """One small edit, or two, that mend the failing quick checks whose messages name no mistake.

    If each of them names a mistake, the edits must mend them all.
    budget: seconds of processor time, of this thread and of the processes that try edits.
    """
    try:
        return _searched(results, examination, budget)
    except Exception as error:  # a defect of ours costs a sentence, and no grade
        from grader.faults import log_fault

        log_fault(f"repair of {examination.brick.name}", error)
        return []


def _searched(results: Sequence[Result], examination: Examination, budget: float) -> list[Repair]:
    problem = search_problem(results, examination)
    if problem is None:
        return []
    spent, began = spent_on(examination), time.monotonic()

    def left() -> float:
        if time.monotonic() - began > WALL * budget + MORE_WALL:
            return 0.0
        return budget - (spent_on(examination) - spent)

    return find_repairs(problem, left)


def spent_on(examination: Examination) -> float:
    """Seconds of processor time so far, of this thread and of the processes that run the code."""
    return time.thread_time() + examination.cpu


def search_problem(results: Sequence[Result], examination: Examination) -> SearchProblem | None:
    """What a search needs; None if nothing is wrong, or if the code is not the student's."""
    code = examination.code
    wrong = [it for it in results if is_wrong(it)]
    if not wrong or not code.sources or not code.sources[-1].own:
        return None
    texts = code.sources[-1].texts
    draws = (examination.drawn(it.check) for it in results if it.check.is_quick)
    places = places_in(texts, drawn_numbers(draws))
    failing = _unknown_alone(wrong, places) or [it.check for it in wrong]
    return SearchProblem(
        passing=[
            it.check for it in results if it.check.is_quick and isinstance(it.outcome, Passed)
        ],
        failing=roots_first(failing),
        others=[it.check for it in results if is_open(it) and it.check not in failing],
        places=places,
        texts=texts,
        drawn=examination.drawn,
        expected=examination.expected_values.expected,
        try_variants=code.try_variants,
    )


def _unknown_alone(wrong: Sequence[Result], places: Sequence[Place]) -> list[Check]:
    """The failing checks without a known mistake that call no part with one, which may be behind
    them too.
    """
    named = {it.check.part for it in wrong if is_named(it)}
    return [
        it.check for it in wrong if not is_named(it) and named <= never_called(places, it.check)
    ]


def is_unknown(results: Sequence[Result]) -> bool:
    """Whether a quick check failed, and its message names no known mistake."""
    return any(is_wrong(it) and not is_named(it) for it in results)


def is_wrong(result: Result) -> bool:
    """Whether the check is quick, and failed on the student's answer."""
    return result.check.is_quick and isinstance(result.outcome, WRONG)


def is_open(result: Result) -> bool:
    """Whether a quick check neither passed nor failed for an unknown reason."""
    passes = isinstance(result.outcome, Passed)
    return result.check.is_quick and not passes and (is_named(result) or not is_wrong(result))


def is_named(result: Result) -> bool:
    """Whether the message names a known mistake."""
    return bool(result.why and result.why.diagnosis and result.why.diagnosis.certain)


def roots_first(failing: Sequence[Check]) -> list[Check]:
    """Checks that need none of the others come first: a repair of them may mend the rest."""
    names = {check.name for check in failing}
    return sorted(failing, key=lambda check: bool(names & set(check.needs)))
