"""The lines after the board: what has become right since the last run, and where to go on."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from grader.course import Course, CourseError, find_course
from grader.language import _, in_course
from grader.pictures.possible import made_possible
from grader.report.board import INDENT, WIDTH, BoardEntry, onward

RIGHT = "bricks/right"  # in pytest's cache: by brick, the parts that were right before
NAMED = "bricks/pictures"  # the pictures that were named before


def after_the_board(config: Any, ran: Sequence[BoardEntry]) -> list[str]:
    """All lines after the board, in order."""
    try:
        course = find_course(config.rootpath)
        further = {name: brick.further for name, brick in course.bricks.items()}
        own = [one for one in ran if not further.get(one.brick)] or list(ran)
        bricks = {
            name: it for name, it in course.bricks.items() if further[name] == further[own[0].brick]
        }
        first_parts = {name: next(iter(it.parts)) for name, it in bricks.items() if it.parts}
        points = {name: it.points for name, it in bricks.items()}
        cache = getattr(config, "cache", None)
        new = (
            []
            if cache is None
            else [*_able(cache, course, ran), *_worth_a_look(cache, course, ran)]
        )
        return [*new, *onward(own, first_parts, points)]
    except CourseError as error:
        return [str(error)]


def right_parts(ran: Sequence[BoardEntry]) -> dict[str, list[str]]:
    """By brick, the parts of which every check that ran passed."""
    wrong = {(one.brick, one.part) for one in ran if one.outcome != "passed"}
    right: dict[str, list[str]] = {}
    for one in sorted(ran, key=lambda it: tuple(it.order)):
        if (one.brick, one.part) not in wrong and one.part not in right.setdefault(one.brick, []):
            right[one.brick].append(one.part)
    return right


def _able(cache: Any, course: Course, ran: Sequence[BoardEntry]) -> list[str]:
    """For each brick, a line on what it can do now that one of its parts has become right."""
    before: Mapping[str, list[str]] = cache.get(RIGHT, {})
    right, lines = right_parts(ran), []
    for brick, parts in right.items():
        able = course.bricks[brick].able
        said = [able[part] for part in parts if part in able and part not in before.get(brick, [])]
        lines += [_("right now: {able}").format(able=in_course(it)) for it in said[-1:]]
    seen = {one.brick: {it.part for it in ran if it.brick == one.brick} for one in ran}
    kept = {
        brick: [part for part in before.get(brick, []) if part not in seen.get(brick, ())]
        + right.get(brick, [])
        for brick in {**before, **seen}
    }
    cache.set(RIGHT, kept)
    return _wrapped(lines)


def _worth_a_look(cache: Any, course: Course, ran: Sequence[BoardEntry]) -> list[str]:
    """For each brick, a line on pictures that its right parts make possible; each is named once."""
    named: dict[str, list[str]] = cache.get(NAMED, {})
    lines = []
    for brick, parts in right_parts(ran).items():
        titles = made_possible(course, brick, parts)
        if new := [title for title in titles if title not in named.get(brick, [])]:
            named[brick] = [*named.get(brick, []), *new]
            said = _("worth a look: {command}   ({titles})")
            lines.append(said.format(command=f"bricks show {brick}", titles="; ".join(new)))
    cache.set(NAMED, named)
    return _wrapped(lines)


def _wrapped(lines: Any) -> list[str]:
    return [line for long in lines for line in textwrap.wrap(long, WIDTH, subsequent_indent=INDENT)]
