"""A result as plain JSON, the form in which it is kept."""

from typing import Any

from grader.examination import Result
from grader.messages.board import kind
from grader.messages.text import explain, summary


def record(result: Result) -> dict[str, Any]:
    check = result.check
    return {
        "id": check.id,
        "part": check.part,
        "points": result.points,
        "maximum": check.points,
        "outcome": kind(type(result.outcome)),
        "summary": summary(result),
        "message": explain(result),
        "seconds": round(result.seconds, 3),
    }
