"""A line of results.jsonl: a report's JSON, and beside it what was rendered, for who reads that."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from grader.outcome import BelowBar, Confusion, Fault, kind
from grader.report.codec import ReportError
from grader.report.report import FORMAT, CheckReport, Report, Status
from grader.report.rows import rows_of
from grader.report.text import explain, note, summary

MAX_CAME = 200
CAME = ("returned", "raised", "missing", "to do", "file")  # labels of what the student's code did


def line(report: Report) -> str:
    """`Report.from_json` reads it back."""
    told = {
        **report.plain(),
        "points": report.points,
        "beside": note(report),
        "checks": [_check(check) for check in report.checks],
    }
    if report.status is not Status.GRADED:
        del told["cpu"]
    return json.dumps(told, ensure_ascii=False, allow_nan=False)


def _check(check: CheckReport) -> dict[str, Any]:
    return {
        **check.plain(),
        "points": check.points,
        "outcome": kind(check.outcome),
        "certain": check.certain,
        "summary": summary(check),
        "message": explain(check),
        "returned": "" if check.passed else _came(check),
        **_misread(check),
    }


def _came(check: CheckReport) -> str:
    rows = rows_of(check.outcome)
    return ", ".join(text for label, text in rows if label in CAME)[:MAX_CAME]


def _misread(check: CheckReport) -> dict[str, Any]:
    """For a missed bar, what the picture of it shows."""
    outcome = check.outcome
    seen = outcome.confusion if isinstance(outcome, BelowBar) else None
    return {"misread": _confusion(seen)} if seen is not None else {}


def _confusion(seen: Confusion) -> dict[str, Any]:
    return {
        "confusion": seen.confusion.tolist(),
        "images": base64.b64encode(seen.images.tobytes()).decode(),
        "shape": list(seen.images.shape),
        "truth": list(seen.truth),
        "taken for": list(seen.taken_for),
        "names": list(seen.names),
    }


@dataclass(frozen=True)
class Indexed:
    """What an index of lines needs of one of them.

    key: empty where the line is no grade, or an older version wrote it: it is graded again.
    points: None where the kit failed, which is no grade.
    """

    student: str
    brick: str
    key: str
    points: int | None


def indexed(text: bytes) -> Indexed:
    """A line, read no further than an index needs. Raises ReportError."""
    try:
        plain = json.loads(text)
        outcomes = {check["outcome"] for check in plain["checks"]}
        failed = plain["status"] == Status.FAULT.value or kind(Fault("")) in outcomes
        return Indexed(
            str(plain["student"]),
            str(plain["brick"]),
            str(plain["key"]) if plain.get("format") == FORMAT else "",
            None if failed else int(plain["points"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(f"A line that is no result: {error}.") from None


def index_of(report: Report) -> Indexed:
    points = None if report.is_fault else report.points
    return Indexed(report.student, report.brick, report.key, points)
