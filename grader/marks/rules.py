"""A course's rules for marks, read from its course.toml. All of it is optional."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from numbers import Real
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from grader.content import BrokenContent
from grader.course import Course

PLATFORMS = ("blackboard", "brightspace", "canvas", "csv", "gradescope", "ilias", "moodle")


@dataclass(frozen=True)
class Late:
    """How many points a brick loses if it is handed in after its due date.

    per_day: share of the brick's points for each day that has begun.
    grace: the time after the due date in which nothing is lost.
    free_days: days that each student may be late without loss, over all bricks.
    """

    per_day: float = 0.0
    grace: timedelta = timedelta()
    free_days: int = 0


@dataclass(frozen=True)
class Waived:
    """A check that counts for nobody."""

    check: str
    points: int
    reason: str


@dataclass(frozen=True)
class Correction:
    """Points that a student gets, or loses, for a reason that the student reads.

    brick: the brick that they belong to; empty for the mark as a whole.
    """

    student: str
    points: float
    reason: str
    brick: str = ""


@dataclass(frozen=True)
class Rules:
    """What decides a mark, apart from points.

    maximum: the mark's; None: the sum of the weighted bricks' points.
    zone: the time zone of the due dates.
    weights: by brick, the factor of its points.
    due: by brick, the local time, without its zone.
    waived: by brick, the checks that count for nobody.
    platform: the one that marks go to.
    """

    weights: Mapping[str, float]
    maximum: float | None = None
    zone: ZoneInfo | None = None
    due: Mapping[str, datetime] = field(default_factory=dict)
    late: Late = Late()
    waived: Mapping[str, tuple[Waived, ...]] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    platform: str = ""


def rules_of(course: Course) -> Rules:
    """The rules of the course; without a course.toml, each brick of its core counts once.

    Raises BrokenContent, with the name of the entry, where the file is wrong.
    """
    return _Reader(course).rules(course.rules)


class _Reader:
    def __init__(self, course: Course):
        self.course = course

    def rules(self, plain: Mapping[str, Any]) -> Rules:
        known = (
            "maximum",
            "timezone",
            "platform",
            "weights",
            "due",
            "late",
            "waived",
            "correction",
            "hints",
            "language",
        )
        self.known("", plain, known)
        weights = {name: float(not brick.further) for name, brick in self.course.bricks.items()}
        for name, weight in self.table(plain, "weights").items():
            weights[self.brick(f"weights.{name}", name)] = self.number(f"weights.{name}", weight)
        due = {
            self.brick(f"due.{name}", name): self.local_time(f"due.{name}", value)
            for name, value in self.table(plain, "due").items()
        }
        zone = self.zone(plain["timezone"]) if "timezone" in plain else None
        if due and zone is None:
            self.wrong("due", 'needs a time zone: timezone = "Europe/Brussels", at the top')
        platform = plain.get("platform", "")
        if platform and platform not in PLATFORMS:
            self.wrong("platform", f"is {platform!r}: it is one of {', '.join(PLATFORMS)}")
        maximum = self.number("maximum", plain["maximum"]) if "maximum" in plain else None
        if maximum == 0:
            self.wrong("maximum", "is 0: it must be more")
        return Rules(
            weights,
            maximum,
            zone,
            due,
            self.late(self.table(plain, "late")),
            self.waived(self.tables(plain, "waived")),
            tuple(self.correction(each) for each in self.tables(plain, "correction")),
            platform,
        )

    def late(self, plain: Mapping[str, Any]) -> Late:
        self.known("late", plain, ("per_day", "grace_minutes", "free_days"))
        per_day = self.number("late.per_day", plain.get("per_day", 0))
        if per_day > 1:
            self.wrong("late.per_day", f"is {per_day:g}: a share of the points, such as 0.1")
        free_days = self.number("late.free_days", plain.get("free_days", 0))
        if free_days != int(free_days):
            self.wrong("late.free_days", f"is {free_days:g}: a whole number of days")
        grace = timedelta(minutes=self.number("late.grace_minutes", plain.get("grace_minutes", 0)))
        return Late(per_day, grace, int(free_days))

    def waived(self, tables: list[Mapping[str, Any]]) -> dict[str, tuple[Waived, ...]]:
        every = {c.id: c for brick in self.course.bricks.values() for c in brick.checks.values()}
        found: dict[str, tuple[Waived, ...]] = {}
        for plain in tables:
            self.known("waived", plain, ("check", "reason"))
            name = self.text("waived.check", plain.get("check"))
            if name not in every:
                like = next(iter(every))
                self.wrong("waived.check", f"is {name!r}, which is no check (as {like!r} is)")
            check, reason = every[name], self.text("waived.reason", plain.get("reason"))
            one = Waived(check.name, check.points, reason)
            found[check.brick] = (*found.get(check.brick, ()), one)
        return found

    def correction(self, plain: Mapping[str, Any]) -> Correction:
        self.known("correction", plain, ("student", "brick", "points", "reason"))
        brick = plain.get("brick", "")
        return Correction(
            self.text("correction.student", plain.get("student")),
            self.number("correction.points", plain.get("points"), negative=True),
            self.text("correction.reason", plain.get("reason")),
            self.brick("correction.brick", brick) if brick else "",
        )

    def brick(self, entry: str, name: Any) -> str:
        if name not in self.course.bricks:
            self.wrong(entry, f"names no brick: they are {', '.join(self.course.bricks)}")
        return str(name)

    def local_time(self, entry: str, value: Any) -> datetime:
        if not isinstance(value, datetime) or value.tzinfo is not None:
            self.wrong(entry, f"is {value}: a local date and time, such as 2026-12-01T23:59:00")
        return value

    def zone(self, name: Any) -> ZoneInfo:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError, TypeError):
            self.wrong("timezone", f'is {name!r}: a name such as "Europe/Brussels"')

    def number(self, entry: str, value: Any, negative: bool = False) -> float:
        if isinstance(value, bool) or not isinstance(value, Real):
            self.wrong(entry, "must be a number")
        if (value < 0 and not negative) or value != value:
            self.wrong(entry, f"is {value}: it must be 0 or more")
        return float(value)

    def text(self, entry: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            self.wrong(entry, "must be a text")
        return value.strip()

    def table(self, plain: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._of_kind(plain, name, dict, f"[{name}]")
        return found

    def tables(self, plain: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        found: list[Any] = self._of_kind(plain, name, list, f"[[{name}]]")
        for each in found:
            if not isinstance(each, dict):
                self.wrong(name, f"must be a table [[{name}]]")
        return found

    def _of_kind(
        self, plain: Mapping[str, Any], name: str, kind: Callable[[], Any], shown: str
    ) -> Any:
        found: Any = plain.get(name, kind())
        if not isinstance(found, type(kind())):
            self.wrong(name, f"must be a table {shown}")
        return found

    def known(self, table: str, plain: Mapping[str, Any], names: tuple[str, ...]) -> None:
        for name in plain:
            if name not in names:
                entry = f"{table}.{name}" if table else name
                self.wrong(entry, f"is not known: {', '.join(names)} are")

    def wrong(self, entry: str, why: str) -> NoReturn:
        raise BrokenContent(f"course.toml: {entry} {why}.")
