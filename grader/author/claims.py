"""Finds out what a message says of a mistake: its cause, its place, a number, or only values."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from grader.diagnosis.exact import Diagnosis
from grader.diagnosis.explanation import Where
from grader.outcome import (
    Line,
    Missing,
    NotWritten,
    Outcome,
    Passed,
    Raised,
    Skipped,
    TooSlow,
    Unloadable,
    WrongShape,
    WrongSignature,
    WrongType,
)
from grader.repair.kinds import Repair
from grader.report.check_report import check_report
from grader.report.rows import position_of
from grader.report.text import explain, likely, message_rows, place_of, row_text, where
from grader.result import Result

NO_FAILURE = (Passed, Skipped, NotWritten)
MEASURED = (WrongShape, WrongType, WrongSignature, Raised, TooSlow)  # they show more than values


class Says(Enum):
    """How much is said of a mistake, the most first; each mistake counts once."""

    NAMED = "cause named"
    LOCATED = "place named"
    NUMBER = "number, shape or error"
    SILENT = "silent"


@dataclass(frozen=True)
class Claims:
    """What a message claims of the code; each field may be empty.

    cause     a sentence on what was measured to be wrong.
    names     an attribute or a name that is missing.
    measured  whether it says a number, a shape, a type or an error.
    """

    check: str
    diagnosis: Diagnosis | None = None
    cause: str = ""
    names: bool = False
    repair: Repair | None = None
    function: Where | None = None
    line: Line | None = None
    measured: bool = False


@dataclass(frozen=True)
class Message:
    """A failing check's message as the student sees it, and what it claims."""

    text: str
    claims: Claims


def is_failure(result: Result) -> bool:
    """Whether the check failed; one that waits has not."""
    return not isinstance(result.outcome, NO_FAILURE)


def messages_of(results: Sequence[Result]) -> list[Message]:
    """The messages of the checks that failed."""
    return [Message(explain(check_report(it)), claims_of(it)) for it in results if is_failure(it)]


def with_place(message: Message, repair: Repair) -> Message:
    """The message as `bricks explain` prints it, with the place of a small change below."""
    text = f"{message.text}\n{row_text(('where', place_of(repair)))}"
    return Message(text, Claims(message.claims.check, repair=repair))


def claims_of(result: Result) -> Claims:
    """The claims in the message of a failing check, which shows each label's first row alone."""
    why, outcome = result.why, result.outcome
    rows: dict[str, str] = {}
    for label, text in message_rows(check_report(result)):
        rows.setdefault(label, text)
    said, place = rows.get("likely", ""), rows.get("where", "")
    known = why is not None and said != "" and said == likely(why)
    located = why is not None and place != "" and place == where(why)
    return Claims(
        check=result.check.name,
        diagnosis=why.diagnosis if why and known else None,
        cause=(why.cause or "") if why and known and why.diagnosis is None else "",
        names=isinstance(outcome, Missing),
        repair=why.repair if why and located else None,
        function=why.where if why and located and why.repair is None else None,
        line=None if located else _line(result, place),
        measured=isinstance(outcome, MEASURED) or said != "",
    )


def _line(result: Result, place: str) -> Line | None:
    """The line that the message shows: the one that raised, or that made the answer wrong."""
    why, outcome = result.why, result.outcome
    lines = [*_innermost(outcome), *([why.line] if why and why.line else [])]
    shown = [it for it in lines if place.endswith(position_of([it])[0][1].split("\n")[-1])]
    return shown[0] if place and shown else None


def _innermost(outcome: Outcome) -> list[Line]:
    if isinstance(outcome, Raised | TooSlow | Unloadable):
        return list(outcome.lines[-1:])
    return []
