"""What follows from how a class is graded."""

from datetime import date

import pytest

from grader.policy import Policy, Predecessors

DAY = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("policy", "day", "withheld"),
    [
        (Policy(1, open_until=DAY), date(2026, 12, 30), True),
        (Policy(1, open_until=DAY), DAY, False),
        (Policy(1), date(2020, 1, 1), False),
        (Policy(1, Predecessors.OWN, DAY), date(2026, 12, 30), False),
    ],
)
def test_only_a_brick_on_references_that_can_still_be_handed_in_is_withheld(
    course, policy, day, withheld
):
    first, *_, last = course.bricks
    assert policy.withholds(course, last, day) is withheld
    assert not policy.withholds(course, first, day)


def test_what_is_open_on_a_day_is_known_whatever_bricks_build_on():
    assert Policy(1, Predecessors.OWN, DAY).is_open(date(2026, 12, 30))
