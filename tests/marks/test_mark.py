"""Marks: points, weights, lateness, waived checks and corrections."""

from dataclasses import replace
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from grader.marks.mark import mark_of
from grader.marks.rules import Correction, Late, Rules, Waived
from grader.outcome import Passed, Skipped
from grader.policy import Predecessors
from grader.report.check_report import CheckReport
from grader.report.report import Provenance, Report, Status

HOW = Provenance("id", "full", Predecessors.REFERENCE, False, "digits", {})
RULES = Rules({"neuron": 1.0, "layer": 1.0})


@pytest.fixture
def report():
    """report(brick, points of each check, ...): of checks a, b, ... of up to 10 points each."""

    def report(brick, *points, status=Status.GRADED):
        checks = tuple(
            CheckReport(
                id=f"{brick}/{name}", part=name, maximum=10, called="", inputs=(), hint="",
                outcome=Passed() if given else Skipped("x"),
            )
            for name, given in zip("abcdef", points, strict=False)
        )  # fmt: skip
        return Report("ada", brick, status, 20, HOW, checks)

    return report


def test_a_mark_is_the_weighted_sum(report):
    reports = [report("neuron", 1, 1), report("layer", 1, 0)]
    mark = mark_of("ada", reports, RULES, {})
    assert (mark.points, mark.maximum) == (30, 40)
    mark = mark_of("ada", reports, replace(RULES, weights={"neuron": 1.0, "layer": 0.0}), {})
    assert (mark.points, mark.maximum) == (20, 20)
    mark = mark_of("ada", reports, replace(RULES, maximum=20.0), {})
    assert (mark.points, mark.maximum) == (15, 20)


def test_a_waived_check_counts_for_nobody(report):
    rules = replace(RULES, waived={"layer": (Waived("b", 10, "It was wrong."),)})
    for layer in (report("layer", 1, 0), report("layer", 1, 1)):
        mark = mark_of("ada", [layer], rules, {})
        assert (mark.points, mark.maximum) == (10, 10)
        assert mark.bricks[0].reasons == ("b does not count: It was wrong.",)
    nothing = report("layer", status=Status.NOT_HANDED_IN)
    assert mark_of("ada", [nothing], rules, {}).maximum == 10


LATE = replace(
    RULES,
    zone=ZoneInfo("UTC"),
    due={"neuron": datetime(2026, 12, 8), "layer": datetime(2026, 12, 1)},
    late=Late(per_day=0.1, free_days=3),
)
DAYS = {"neuron": datetime(2026, 12, 9, 12, tzinfo=timezone.utc),
        "layer": datetime(2026, 12, 2, 12, tzinfo=timezone.utc)}  # fmt: skip


def test_free_days_go_to_what_was_due_first(report):
    mark = mark_of("ada", [report("neuron", 1, 1), report("layer", 1, 1)], LATE, DAYS)
    neuron, layer = mark.bricks
    assert (layer.days_late, layer.points) == (2, 20)
    assert layer.reasons == ("2 days late, 2 of them free.",)
    assert (neuron.days_late, neuron.points) == (2, 18)
    assert neuron.reasons == ("-2: 2 days late, 1 of them free.",)
    assert mark.points == 38


def test_lateness_takes_no_more_than_the_points_and_a_later_date_gives_them_back(report):
    rules = replace(LATE, late=Late(per_day=0.7))
    brick = report("neuron", 1, 0)
    assert mark_of("ada", [brick], rules, DAYS).points == 0
    rules = replace(rules, due={"neuron": datetime(2026, 12, 10)})
    assert mark_of("ada", [brick], rules, DAYS).points == 10


def test_a_correction_is_the_students_own_and_comes_with_its_reason(report):
    rules = replace(
        RULES,
        corrections=(
            Correction("ada", 2.5, "Shown in the lab.", "neuron"),
            Correction("ada", 1, "Helped others."),
            Correction("bob", 9, "Not ada."),
            Correction("ada", -50, "Copied.", "layer"),
        ),
    )
    mark = mark_of("ada", [report("neuron", 1, 1), report("layer", 1, 0)], rules, {})
    assert [brick.points for brick in mark.bricks] == [22.5, 0]
    assert (mark.points, mark.maximum) == (23.5, 40)
    assert mark.bricks[0].reasons == ("+2.5: Shown in the lab.",)
    assert mark.reasons == ("+1: Helped others.",)
