"""results.json, which Gradescope shows: a test for each part, and a leaderboard of the bars.

The format is the "Output format" of
https://gradescope-autograders.readthedocs.io/en/latest/specs/: `score` of all, which overrides the
sum of the tests; `output`, `output_format`, `stdout_visibility`;
`tests` with `score`, `max_score`, `status`, `name`, `number`, `output`, `output_format`,
`visibility`; `leaderboard` with `name` and `value`.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from grader.exports.tables import number
from grader.marks.mark import Mark
from grader.marks.rules import Rules
from grader.outcome import Accuracy, BelowBar, Passed
from grader.report.check_report import CheckReport
from grader.report.html import part_as_text
from grader.report.report import Report, Status
from grader.report.summary import note

FILE = "results.json"
VISIBLE, HIDDEN = "visible", "hidden"
MOST_OUTPUT = 20_000  # characters of a test


def gradescope_results(
    reports: Sequence[Report],
    rules: Rules,
    said: Iterable[str] = (),
    mark: Mark | None = None,
) -> dict[str, Any]:
    """The content of results.json.

    said: sentences for the student, such as on files that were left out.
    mark: the mark after lateness and corrections. Without it, the score is the sum of the tests,
        and Gradescope subtracts points by its own late rule.
    """
    tests = [
        test
        for place, report in enumerate(reports, start=1)
        for test in _tests(report, place, rules)
    ]
    lines = [*said, *(reason for reason in _reasons(mark))]
    made: dict[str, Any] = {
        "output": _page(reports, lines),
        "output_format": "html",
        "stdout_visibility": HIDDEN,
        "visibility": VISIBLE,
        "tests": tests,
        "leaderboard": list(_leaderboard(reports)),
    }
    if mark is not None:
        made["score"] = mark.points
    elif not tests:
        made["score"] = 0.0
    return made


def _reasons(mark: Mark | None) -> Iterator[str]:
    if mark is not None:
        yield f"{number(mark.points)} of {number(mark.maximum)}."
        yield from (f"{one.brick}: {reason}" for one in mark.bricks for reason in one.reasons)
        yield from mark.reasons


def _page(reports: Sequence[Report], said: Sequence[str]) -> str:
    """The text above the tests, as HTML without any markup of the student's."""
    rows = "".join(
        f"<tr><td>{escape(report.brick)}</td><td>{escape(_points(report))}</td></tr>"
        for report in reports
    )
    notes = "".join(f"<p>{escape(line)}</p>" for line in said)
    return f"<table>{rows}</table>{notes}"


def _points(report: Report) -> str:
    if report.is_fault:
        return "not graded: the kit failed, which is no fault of yours. Tell your instructor."
    if report.status is not Status.GRADED:
        return f"{report.status.value} {report.why}".strip()
    return f"{report.points} of {report.maximum}"


def _tests(report: Report, place: int, rules: Rules) -> Iterator[dict[str, Any]]:
    """A test for each part, without waived checks; the brick's weight multiplies its score."""
    weight = rules.weights.get(report.brick, 1.0)
    waived = {one.check for one in rules.waived.get(report.brick, ())}
    if not report.checks:
        maximum = report.maximum - sum(one.points for one in rules.waived.get(report.brick, ()))
        yield _test(f"{place}", report.brick, 0.0, weight * maximum, _points(report))
        return
    parts: dict[str, list[CheckReport]] = {}
    for check in report.checks:
        parts.setdefault(check.part, []).append(check)
    for within, (part, checks) in enumerate(parts.items(), start=1):
        counting = [check for check in checks if check.name not in waived]
        text = part_as_text(f"{report.brick} / {part}", checks)
        yield _test(
            f"{place}.{within}",
            f"{report.brick} / {part}",
            weight * sum(check.points for check in counting),
            weight * sum(check.maximum for check in counting),
            text if within > 1 else "\n\n".join(filter(None, [text, note(report)])),
        )


def _test(place: str, name: str, score: float, maximum: float, output: str) -> dict[str, Any]:
    cut = "\n..." if len(output) > MOST_OUTPUT else ""
    return {
        "number": place,
        "name": name,
        "score": score,
        "max_score": maximum,
        "status": "passed" if score == maximum else "failed",
        "output": output[:MOST_OUTPUT] + cut,
        "output_format": "text",
        "visibility": VISIBLE,
    }


def _leaderboard(reports: Iterable[Report]) -> Iterator[dict[str, Any]]:
    for report in reports:
        for check in report.checks:
            reached = _accuracy(check)
            if reached is not None:
                name = f"{report.brick}: {check.name.replace('_', ' ')}"
                yield {"name": name, "value": round(reached.share, 4), "order": "desc"}


def _accuracy(check: CheckReport) -> Accuracy | None:
    if isinstance(check.outcome, BelowBar):
        return check.outcome.best
    return check.outcome.reached if isinstance(check.outcome, Passed) else None
