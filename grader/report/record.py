"""A result as plain JSON, the form in which it is kept."""

import base64
from typing import Any

from grader.examine import Result
from grader.outcome import BelowBar, Outcome, Passed
from grader.report.board import kind
from grader.report.rows import rows_of
from grader.report.text import explain, summary
from grader.report.withheld import withheld
from grader.source import Source

MAX_CAME = 200
CAME = ("returned", "raised", "missing", "to do", "file")  # labels of what the student's code did


def record(result: Result, withheld_from: Source | None = None) -> dict[str, Any]:
    """withheld_from: what was handed in, where its words must not be shown."""
    told, certain = kind(type(result.outcome)), getattr(result.outcome, "certain", True)
    if withheld_from is not None:
        result = withheld(result, withheld_from)
    check, outcome = result.check, result.outcome
    came = (
        ""
        if isinstance(outcome, Passed)
        else ", ".join(text for label, text in rows_of(outcome) if label in CAME)
    )
    return {
        "id": check.id,
        "part": check.part,
        "points": result.points,
        "maximum": check.points,
        "outcome": told,
        "certain": certain,
        "summary": summary(result),
        "message": explain(result),
        "returned": came[:MAX_CAME],
        "seconds": round(result.seconds, 3),
        "cpu": round(result.cpu, 3),
        **({} if withheld_from is not None else _misread(outcome)),
    }


def _misread(outcome: Outcome) -> dict[str, Any]:
    """For a missed bar, what the picture of it needs."""
    if not isinstance(outcome, BelowBar) or outcome.confusion is None:
        return {}
    seen = outcome.confusion
    return {
        "misread": {
            "confusion": seen.confusion.tolist(),
            "images": base64.b64encode(seen.images.tobytes()).decode(),
            "shape": list(seen.images.shape),
            "truth": list(seen.truth),
            "taken for": list(seen.taken_for),
            "names": list(seen.names),
        }
    }
