"""How many days after a due date something was handed in: the same on every machine."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

MOST = 3650  # days; more come from a due date in a wrong year


def days_late(due: datetime, zone: ZoneInfo, grace: timedelta, handed_in: datetime) -> int:
    """The days that have begun since the due date, 0 if it was in time.

    due: local time in the zone. A day ends at the same local time as the due date, so that one of
    them has 23 or 25 hours where clocks change.
    handed_in: with its zone.
    """
    moment = handed_in.astimezone(timezone.utc)
    for days in range(MOST):
        if moment <= instant(due + timedelta(days=days), zone) + grace:
            return days
    return MOST


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a local time; the later one where clocks show it twice, or skip it."""
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc) for fold in (0, 1))
