"""A line of results.jsonl: a report's JSON, with its rendered texts for readers of the file."""

import base64
import json
from dataclasses import dataclass, replace
from typing import Any

from grader.outcome import Confusion, Fault, kind
from grader.report.check_report import CheckReport
from grader.report.codec import ReportError
from grader.report.report import FORMAT, Report, Status, plain_check
from grader.report.rows import rows_of
from grader.report.summary import note, summary
from grader.report.text import explain

MAX_RETURNED = 200  # characters
RETURNED = ("returned", "raised", "missing", "to do", "file")  # labels of what the code did


def line(report: Report) -> str:
    """The report as one line, which `Report.from_json` reads."""
    plain = {
        **replace(report, checks=()).plain(),  # its checks follow below
        "points": report.points,
        "beside": note(report),
        "checks": [_check(check) for check in report.checks],
    }
    if report.status not in (Status.GRADED, Status.NOT_USABLE):
        del plain["cpu"]
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


def _check(check: CheckReport) -> dict[str, Any]:
    return {
        **plain_check(check),
        "points": check.points,
        "outcome": kind(check.outcome),
        "certain": check.certain,
        "summary": summary(check),
        "message": explain(check),
        "returned": "" if check.passed else _returned(check),
        **({"misread": _confusion(check.confusion)} if check.confusion is not None else {}),
    }


def _returned(check: CheckReport) -> str:
    rows = rows_of(check.outcome)
    return ", ".join(text for label, text in rows if label in RETURNED)[:MAX_RETURNED]


def _confusion(confusion: Confusion) -> dict[str, Any]:
    """The confusion matrix of a missed bar, as readers of the file see it."""
    return {
        "confusion": confusion.confusion.tolist(),
        "images": base64.b64encode(confusion.images.tobytes()).decode(),
        "shape": list(confusion.images.shape),
        "truth": list(confusion.truth),
        "taken for": list(confusion.taken_for),
        "names": list(confusion.names),
    }


@dataclass(frozen=True)
class JournalFields:
    """What the journal holds in memory of each line: for grades.csv, and to skip what is graded.

    key: empty if the line is no grade, or if an older version wrote it: then it is graded again.
    points: None if the kit failed, which is no grade.
    status: a value of Status. handed: which file was graded, and its time.
    """

    student: str
    brick: str
    key: str
    points: int | None
    status: Status = Status.GRADED
    handed: str = ""


def indexed(text: bytes) -> JournalFields:
    """Reads only those fields of a line. Raises ReportError."""
    try:
        plain = json.loads(text)
        outcomes = {check["outcome"] for check in plain["checks"]}
        failed = plain["status"] == Status.FAULT.value or kind(Fault("")) in outcomes
        return JournalFields(
            str(plain["student"]),
            str(plain["brick"]),
            str(plain["key"]) if plain.get("format") == FORMAT else "",
            None if failed else int(plain["points"]),
            Status(plain["status"]),
            handed(str(plain.get("file", "")), str(plain.get("when", ""))),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(f"A line that is no result: {error}.") from None


def index_of(report: Report) -> JournalFields:
    """The same fields from the report itself."""
    points = None if report.is_fault else report.points
    which = handed(report.file, report.when)
    return JournalFields(report.student, report.brick, report.key, points, report.status, which)


def handed(file: str, when: str) -> str:
    return f"{file} {when}"
