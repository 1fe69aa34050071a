"""The board: each brick's points as a bar, and the one thing to do next."""

import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from grader.check import Brick
from grader.examination import Result
from grader.outcome import Fault, NotWritten, Outcome, Passed, Skipped, Unloadable

BAR = 20
WIDTH = 79


@dataclass(frozen=True)
class Entry:
    """What the board needs of one result, as plain data: it also travels between processes."""

    brick: str
    order: int
    brick_points: int
    index: int
    check: str
    part: str
    hint: str
    points: int
    maximum: int
    outcome: str

    @classmethod
    def of(cls, brick: Brick, result: Result) -> "Entry":
        check = result.check
        return cls(
            brick=brick.name,
            order=brick.order,
            brick_points=brick.points,
            index=list(brick.checks).index(check.name),
            check=check.name,
            part=check.part,
            hint=check.hint,
            points=result.points,
            maximum=check.points,
            outcome=kind(type(result.outcome)),
        )

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def kind(outcome: type[Outcome]) -> str:
    """The outcome's name as results and reports spell it: "wrong value", "too slow"."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in outcome.__name__).strip()


NOT_WRITTEN, SKIPPED = kind(NotWritten), kind(Skipped)
WAITING = (NOT_WRITTEN, SKIPPED)
PASSED, FAULT, UNLOADABLE = kind(Passed), kind(Fault), kind(Unloadable)


def board(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """The lines of the board, at most 79 columns wide, each with its colour."""
    entries = sorted(entries, key=lambda entry: (entry.order, entry.index))
    bricks = list(dict.fromkeys(entry.brick for entry in entries))
    width = max(map(len, bricks), default=0)
    lines = []
    for brick in bricks:
        text, colour = _standing([entry for entry in entries if entry.brick == brick])
        lines.append((f"{brick:<{width}}  {text}", colour))
    return lines + _next(entries)


def _standing(entries: Sequence[Entry]) -> tuple[str, str]:
    earned, maximum = sum(e.points for e in entries), entries[0].brick_points
    if all(entry.outcome in WAITING for entry in entries):
        return "not started", "white"
    filled = earned * BAR // maximum
    text = f"{'#' * filled}{'.' * (BAR - filled)}   {earned:2d} of {maximum}"
    left_out = maximum - sum(entry.maximum for entry in entries)
    if left_out:
        text += f"   ({left_out} not run)"
    return text, "green" if earned + left_out == maximum else "yellow"


def _next(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """The first thing in teaching order that is wrong or not written."""
    for entry in entries:
        if entry.outcome not in (PASSED, SKIPPED, FAULT):
            hint = textwrap.wrap(
                entry.hint, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6
            )
            return [
                (f"next: {entry.brick} / {entry.part}   ({entry.check})", "cyan"),
                *((line, "white") for line in hint),
            ]
    return []
