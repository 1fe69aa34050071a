"""The rows of an export: one for each person, with what the person's submission earned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.classreport.results import Results
from grader.classroom.spreadsheet import as_text
from grader.exports.names import Directory, Known
from grader.exports.roster import Entry
from grader.marks.mark import Mark, mark_of, times_of
from grader.marks.rules import Rules
from grader.report.report import Report, Status

People = Mapping[str, Sequence[Known]]


@dataclass(frozen=True)
class Earned:
    """What a submission earned.

    why_none: the reason why it has no mark; empty if it has one.
    points, maximum: those of the mark, or of the one brick that is exported.
    reasons: sentences on points that lateness, corrections and waived checks changed.
    """

    submission: str
    reports: tuple[Report, ...]
    mark: Mark
    points: float
    maximum: float
    reasons: tuple[str, ...] = ()
    why_none: str = ""

    @property
    def nothing_of(self) -> dict[str, str]:
        """Bricks of which nothing could be graded, and why: not handed in, or not usable."""
        return {
            one.brick: one.status.value
            for one in self.reports
            if one.status.value in NOTHING_GRADED
        }


@dataclass(frozen=True)
class Row:
    """One person. earned: None if nothing is known of what the person handed in."""

    name: str
    id: str = ""
    email: str = ""
    group: str = ""
    earned: Earned | None = None

    @property
    def known(self) -> Known:
        aliases = (self.earned.submission,) if self.earned else ()
        return Known(self.name, self.id, self.email, aliases)

    @property
    def points(self) -> float | None:
        """The points to be uploaded; None if there is no mark."""
        return None if self.earned is None or self.earned.why_none else self.earned.points


@dataclass(frozen=True)
class Rows:
    """The rows of all persons, and notes on submissions whose person the roster does not decide."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def maximum(self) -> float:
        return max((row.earned.maximum for row in self.rows if row.earned), default=0.0)


def earned(results: Results, student: str, rules: Rules, brick: str = "") -> Earned:
    """What the student's submission earned, or only its one brick."""
    reports = results.of_student(student)
    mark = mark_of(student, reports, rules, times_of(reports))
    counted = [one for one in reports if not brick or one.brick == brick]
    why = _why_none(results, counted, (brick,) if brick else results.bricks)
    if not brick:
        reasons = list(mark.every_reason)
        points, maximum = mark.points, mark.maximum
        if points and why == Status.NOT_HANDED_IN.value:
            why = ""  # a correction gives points all the same
    else:
        own = [one for one in mark.bricks if one.brick == brick]
        reasons = [reason for one in own for reason in one.reasons]
        points, maximum = sum(b.points for b in own), float(sum(b.maximum for b in own))
    return Earned(student, tuple(counted), mark, points, maximum, tuple(reasons), why)


def _why_none(results: Results, reports: Sequence[Report], bricks: Sequence[str]) -> str:
    missing = set(bricks) - {report.brick for report in reports}
    if missing:
        return f"{', '.join(b for b in results.bricks if b in missing)} not graded"
    if faults := [report.brick for report in reports if report.is_fault]:
        return f"{faults[0]}: the kit failed, grade again"
    statuses = {report.status for report in reports}
    if len(statuses) == 1 and (status := statuses.pop()).value in NOTHING_GRADED:
        return status.value
    return ""


NOTHING_GRADED = (Status.NOT_HANDED_IN.value, Status.NOT_USABLE.value)


def rows_of(
    submissions: Sequence[Earned], roster: Sequence[Entry] = (), people: People | None = None
) -> Rows:
    """A row for each person of the roster, and for each one who handed in and is not in the roster.

    A submission that several people handed in gives each of them a row: those whom the platform
    names, and those of the roster whose folder or group has the submission's name.
    """
    directory = Directory.of(entry.known for entry in roster)
    in_group: dict[str, list[int]] = {}
    for number, entry in enumerate(roster):
        if entry.group:
            in_group.setdefault(as_text(entry.group).casefold(), []).append(number)
    rows: dict[int, Row] = {}
    others: list[Row] = []
    notes: list[str] = []
    for submission in submissions:
        name = submission.submission
        known = (people or {}).get(as_text(name), ()) or (Known(name),)
        for person in known:
            person = replace(person, name=person.name or name, aliases=(name,))
            group = in_group.get(as_text(name).casefold(), []) if len(known) == 1 else []
            found = directory.find(person) or set(group)
            together = all(_shares(roster[n], name) for n in found)
            if len(found) > 1 and not together:
                notes.append(f"{name}: {len(found)} lines of the roster may be meant; none is.")
            if not found or (len(found) > 1 and not together):
                others.append(Row(person.name, person.id, person.email, "", submission))
                if roster and not found:
                    notes.append(f"{name} is not in the roster.")
                continue
            for number in sorted(found):
                if number in rows:
                    before = rows[number].earned
                    assert before is not None
                    notes.append(
                        f"{roster[number].name} has two submissions, {before.submission} and "
                        f"{name}: the first counts."
                    )
                else:
                    rows[number] = _row(roster[number], person, submission)
    absent = [Row(e.name, e.id, e.email, e.group) for e in roster]
    listed = [rows.get(number, absent[number]) for number in range(len(roster))]
    return Rows((*listed, *others), tuple(notes))


def _shares(entry: Entry, name: str) -> bool:
    """Whether the roster itself says that the submission of that name is this person's."""
    same = as_text(name).casefold()
    return same in {as_text(one).casefold() for one in (*entry.folders, entry.group)}


def _row(entry: Entry, person: Known, submission: Earned) -> Row:
    return Row(entry.name, entry.id or person.id, entry.email or person.email, entry.group,
               submission)  # fmt: skip
