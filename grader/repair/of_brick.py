"""The repair of a brick that was examined: what the search is given, and for which checks it is."""

from collections.abc import Sequence

from grader.check import Check
from grader.examine import Examination
from grader.outcome import (
    Missing,
    NotFinite,
    Raised,
    WrongShape,
    WrongSignature,
    WrongType,
    WrongValue,
)
from grader.repair.search import Bench, Repair, find_repair

WRONG = (WrongValue, WrongShape, WrongType, NotFinite, Raised, Missing, WrongSignature)


def repair_of(examination: Examination, budget: float) -> Repair | None:
    """One small edit with which all quick checks of the brick pass.

    budget: seconds of processor time.
    """
    results = [result for result in examination if is_quick(result.check)]
    failing = [result.check for result in results if isinstance(result.outcome, WRONG)]
    code = examination.code
    if not failing or not code.sources or not code.sources[-1].own:
        return None
    before = code.cpu
    bench = Bench(
        checks=[result.check for result in results],
        failing=roots_first(failing),
        texts=code.sources[-1].texts,
        drawn=examination.drawn,
        expected=examination.expected_values.expected,
        try_variants=code.try_variants,
    )
    return find_repair(bench, lambda: code.cpu - before, budget)


def is_quick(check: Check) -> bool:
    """Whether the check takes milliseconds: neither Keras nor a training."""
    return check.looked_up and not check.keras and not check.labels


def roots_first(failing: Sequence[Check]) -> list[Check]:
    """Checks that need none of the others come first: a repair of them may mend the rest."""
    names = {check.name for check in failing}
    return sorted(failing, key=lambda check: bool(names & set(check.needs)))
