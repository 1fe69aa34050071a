"""The changes since an earlier grading: whose points, from what to what, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

from grader.classreport.results import Results, handed_in
from grader.report.report import Provenance, Report, Status
from grader.report.summary import summary

NOT_LISTED = "not in the class"


@dataclass(frozen=True)
class Change:
    """A change in one brick of one student: points, or words if there are none, and the reasons."""

    student: str
    brick: str
    before: str
    after: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """A brick's mean points before and now, over the students who handed it in both times."""

    brick: str
    students: int
    before: float
    after: float
    up: int
    down: int


@dataclass(frozen=True)
class Changes:
    """All changes. grading: sentences on how the two gradings themselves differ."""

    grading: tuple[str, ...]
    progress: tuple[Progress, ...]
    changes: tuple[Change, ...]


def changes_since(old: Results, new: Results) -> Changes:
    pairs = list(_pairs(old, new))
    changed = (_change(student, brick, *both) for student, brick, *both in pairs)
    return Changes(
        tuple(_grading(pairs)),
        tuple(filter(None, (_progress(old, new, brick) for brick in new.bricks))),
        tuple(filter(None, changed)),
    )


Pair = tuple[str, str, Report | None, Report | None]


def _pairs(old: Results, new: Results) -> Iterator[Pair]:
    """Each student of either grading, with each brick of the new one, and both reports."""
    current = set(new.students)
    gone = [student for student in old.students if student not in current]
    for student in (*new.students, *gone):
        for brick in new.bricks:
            before, after = old.by_pair.get((student, brick)), new.by_pair.get((student, brick))
            if before or after:
                yield student, brick, before, after if student in current else None


def _change(student: str, brick: str, before: Report | None, after: Report | None) -> Change | None:
    was, now = state(before), state(after)
    why = tuple(_why(before, after)) if before and after else ()
    if was == now and not why:
        return None
    return Change(student, brick, was, now, why)


def state(report: Report | None) -> str:
    """The points in words, or the reason why there are none."""
    if report is None:
        return NOT_LISTED
    if report.is_fault:
        return "no grade"
    return str(report.points) if handed_in(report) else report.status.value


def _why(before: Report, after: Report) -> Iterator[str]:
    """The reasons: checks that pass now and did not before, or the other way round."""
    if after.status is Status.CRASHED:
        yield after.why
    elif before.is_fault or after.is_fault:
        yield f"the kit failed {'before' if before.is_fault else 'now'}"
    elif not handed_in(before) and handed_in(after):
        yield "handed in now"
    elif handed_in(before) and not handed_in(after):
        yield "the file is no longer there"
    else:
        known = {check.id: check for check in before.checks}
        for check in after.checks:
            was = known.get(check.id)
            if was is None:
                yield f"{check.name} is a new check"
            elif check.passed and not was.passed:
                yield f"{check.name} passes now"
            elif was.passed and not check.passed:
                yield f"{check.name} fails now: {summary(check)}"
            elif was.maximum != check.maximum:
                yield f"{check.name} has {check.maximum} points now, not {was.maximum}"
        ids = {check.id for check in after.checks}
        yield from (f"{it.name} is no longer a check" for it in before.checks if it.id not in ids)


def _progress(old: Results, new: Results, brick: str) -> Progress | None:
    both = []
    for student in new.students:
        before, after = old.by_pair.get((student, brick)), new.by_pair.get((student, brick))
        if before and after and _counts(before) and _counts(after):
            both.append((before.points, after.points))
    if not both:
        return None
    was, now = zip(*both, strict=True)
    up = sum(after > before for before, after in both)
    down = sum(after < before for before, after in both)
    return Progress(brick, len(both), mean(was), mean(now), up, down)


def _counts(report: Report) -> bool:
    return handed_in(report) and not report.is_fault


def _grading(pairs: list[Pair]) -> Iterator[str]:
    """Sentences on differences in the gradings, which may change points without any new work."""
    both = [(one.provenance, other.provenance) for *_, one, other in pairs if one and other]
    yield from dict.fromkeys(text for was, now in both for text in _differences(was, now))


def _differences(was: Provenance, now: Provenance) -> Iterator[str]:
    if was.seed != now.seed:
        yield f"Another seed: {now.seed}, not {was.seed}, so the inputs are others."
    if was.isolation != now.isolation:
        yield f"Isolation {now.isolation}, not {was.isolation}."
    if was.predecessors != now.predecessors:
        before, after = was.predecessors.value, now.predecessors.value
        yield f"Bricks build on predecessors of kind {after}, not {before}."
    if was.digits != now.digits:
        yield "Other digits."
    for package in sorted({*was.versions, *now.versions}):
        before, after = was.versions.get(package, "none"), now.versions.get(package, "none")
        if before != after:
            yield f"{package} {after}, not {before}."
