"""Sentences of a notebook's magics on cells, hints, places to look at, and points so far."""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress

from grader.brick import Brick
from grader.course import Course
from grader.examine import Examination
from grader.language import _
from grader.outcome import Missing
from grader.repaired import repairs_of
from grader.report.text import place_of, row_text
from grader.result import Result
from grader.selfcheck.explain import MOST_SECONDS, NOT_FOUND
from grader.selfcheck.hint import SHOWN, Hints, find_part, in_words

POINTS = SHOWN.with_name("points.json")  # in the course's folder: by brick, points by part


def not_run(results: Iterable[Result], part: str, cells: Iterable[str]) -> str:
    """A sentence if no cell that ran defines the part; else empty."""
    name = part.partition(".")[0]
    if not any(isinstance(it.outcome, Missing) and it.outcome.name == name for it in results):
        return ""
    if any(re.search(rf"^(def|class) {re.escape(name)}\b", text, re.M) for text in cells):
        return ""
    said = _("No cell that defines {name} has run yet: run the cell above first (Shift and Enter).")
    return said.format(name=name)


def hint_on(course: Course, name: str) -> str:
    """One step more on the part of that name, under those that were shown. Raises CourseError."""
    brick, part = find_part(course, name)
    hints = Hints(course)
    before, more = hints.seen(brick, part), hints.more(brick, part)
    return in_words([*before, *([more] if more else [])], hints.cost)


def explained(examination: Examination) -> str:
    """Where one small change would mend the brick."""
    checks = examination.brick.checks.values()
    results = [examination.result(check.name) for check in checks if check.is_quick]
    repairs = repairs_of(results, examination, MOST_SECONDS)
    return "\n".join(row_text(("where", it)) for it in map(place_of, repairs)) or _(NOT_FOUND)


def remember_points(course: Course, earned: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Stores these points; returns the points of each brick of which any are stored."""
    known = _read(course)
    for brick, parts in earned.items():
        known[brick] = {**known.get(brick, {}), **parts}
    file = course.root / POINTS
    with suppress(OSError):  # a read-only folder remembers nothing
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    return {name: sum(known[name].values()) for name in course.bricks if known.get(name)}


def is_last_part(brick: Brick, part: str) -> bool:
    return list(brick.parts)[-1] == part


def all_points(course: Course, points: Mapping[str, int]) -> str:
    """A sentence: "All bricks so far: neuron 20 of 20, layer 11 of 20."."""
    each = _("{brick} {points} of {maximum}")
    said = (
        each.format(brick=name, points=points.get(name, 0), maximum=it.points)
        for name, it in course.bricks.items()
    )
    return _("All bricks so far: {bricks}.").format(bricks=", ".join(said))


def _read(course: Course) -> dict[str, dict[str, int]]:
    """The stored points. A damaged file counts as empty."""
    try:
        read = json.loads((course.root / POINTS).read_text(encoding="utf-8"))
        return {str(b): {str(p): int(n) for p, n in parts.items()} for b, parts in read.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
