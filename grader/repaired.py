"""Searches for a repair of a brick that was examined, and adds it to the checks that fail."""

import time
from collections.abc import Sequence
from dataclasses import replace

from grader.check import Check
from grader.diagnosis.explanation import Explanation
from grader.examine import Examination, Result
from grader.outcome import (
    Missing,
    NotFinite,
    Raised,
    WrongShape,
    WrongSignature,
    WrongType,
    WrongValue,
)
from grader.repair.kinds import Repair
from grader.repair.search import Bench, find_repair

WRONG = (WrongValue, WrongShape, WrongType, NotFinite, Raised, Missing, WrongSignature)


def with_repair(results: Sequence[Result], examination: Examination, budget: float) -> list[Result]:
    """All results of a brick: the wrong ones say where one small edit mends them, if one does.

    Where each of them names a known mistake, nothing is searched.
    """
    wrong = [result for result in results if is_wrong(result)]
    repair = None if all(map(is_named, wrong)) else repair_of(results, examination, budget)
    if repair is None:
        return list(results)
    return [
        replace(it, why=replace(it.why or Explanation(), repair=repair)) if is_wrong(it) else it
        for it in results
    ]


def repair_of(results: Sequence[Result], examination: Examination, budget: float) -> Repair | None:
    """One small edit with which all quick checks of the brick pass.

    budget: seconds of processor time, of this thread and of the processes that try edits.
    """
    failing = [result for result in results if is_wrong(result)]
    code = examination.code
    if not failing or not code.sources or not code.sources[-1].own:
        return None
    began = time.thread_time() + code.cpu
    bench = Bench(
        checks=[result.check for result in results if result.check.is_quick],
        failing=roots_first([result.check for result in failing]),
        texts=code.sources[-1].texts,
        drawn=examination.drawn,
        expected=examination.expected_values.expected,
        try_variants=code.try_variants,
    )
    return find_repair(bench, lambda: time.thread_time() + code.cpu - began < budget)


def is_wrong(result: Result) -> bool:
    """Whether a quick check was answered wrong."""
    return result.check.is_quick and isinstance(result.outcome, WRONG)


def is_named(result: Result) -> bool:
    """Whether the message names a known mistake."""
    return bool(result.why and result.why.diagnosis and result.why.diagnosis.certain)


def roots_first(failing: Sequence[Check]) -> list[Check]:
    """Checks that need none of the others come first: a repair of them may mend the rest."""
    names = {check.name for check in failing}
    return sorted(failing, key=lambda check: bool(names & set(check.needs)))
