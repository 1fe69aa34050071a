"""Lateness, against clocks that change."""

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from grader.marks.lateness import days_late, instant

BRUSSELS = ZoneInfo("Europe/Brussels")
NONE = timedelta()


def utc(*when):
    return datetime(*when, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "due, handed_in, days",
    [
        (datetime(2026, 12, 1, 23, 59), utc(2026, 12, 1, 22, 59), 0),  # to the minute
        (datetime(2026, 12, 1, 23, 59), utc(2026, 12, 1, 22, 59, 1), 1),
        (datetime(2026, 12, 1, 23, 59), utc(2026, 12, 2, 22, 59), 1),
        (datetime(2026, 12, 1, 23, 59), utc(2026, 12, 2, 22, 59, 1), 2),
        # Clocks go back on 25 October 2026, so that the day after this due date has 25 hours.
        (datetime(2026, 10, 24, 23, 59), utc(2026, 10, 25, 22, 58), 1),
        (datetime(2026, 10, 24, 23, 59), utc(2026, 10, 25, 23, 0), 2),
        # Clocks go forward on 28 March 2027: this one has 23.
        (datetime(2027, 3, 27, 23, 59), utc(2027, 3, 28, 21, 59), 1),
        (datetime(2027, 3, 27, 23, 59), utc(2027, 3, 28, 22, 0), 2),
        # 02:30 comes twice on the one night, and not at all on the other: the later moment counts.
        (datetime(2026, 10, 25, 2, 30), utc(2026, 10, 25, 1, 30), 0),
        (datetime(2026, 10, 25, 2, 30), utc(2026, 10, 25, 1, 31), 1),
        (datetime(2027, 3, 28, 2, 30), utc(2027, 3, 28, 1, 30), 0),
        (datetime(2027, 3, 28, 2, 30), utc(2027, 3, 28, 1, 31), 1),
    ],
)
def test_days_begin_at_the_local_time_of_the_due_date(due, handed_in, days):
    assert days_late(due, BRUSSELS, NONE, handed_in) == days


def test_a_time_with_another_zone_is_the_same_moment():
    late = utc(2026, 12, 2, 12)
    tokyo = late.astimezone(ZoneInfo("Asia/Tokyo"))
    due = datetime(2026, 12, 1, 23, 59)
    assert days_late(due, BRUSSELS, NONE, late) == days_late(due, BRUSSELS, NONE, tokyo) == 1


def test_within_the_grace_nothing_is_late():
    due, grace = datetime(2026, 12, 1, 23, 59), timedelta(minutes=15)
    assert days_late(due, BRUSSELS, grace, utc(2026, 12, 1, 23, 14)) == 0
    assert days_late(due, BRUSSELS, grace, utc(2026, 12, 1, 23, 15)) == 1


def test_the_machines_own_time_zone_decides_nothing():
    code = (
        "from datetime import datetime; from zoneinfo import ZoneInfo;"
        "from grader.marks.lateness import instant;"
        "print(instant(datetime(2026, 10, 25, 2, 30), ZoneInfo('Europe/Brussels')))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={"TZ": zone}, capture_output=True, text=True
        ).stdout
        for zone in ("UTC", "America/New_York", "Australia/Lord_Howe")
    }
    assert said == {f"{instant(datetime(2026, 10, 25, 2, 30), BRUSSELS)}\n"}
