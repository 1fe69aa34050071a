"""The board: each brick's points as a bar, and the one thing to do next."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from grader.check import Brick
from grader.examine import Result
from grader.outcome import Fault, NotInstalled, NotWritten, Outcome, Passed, Skipped, Unloadable

BAR = 20
WIDTH = 79
INDENT = " " * 6


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
    says: tuple[str, ...] = ()  # of the misconceptions that the answer shows for certain
    beside: str = ""  # on the student's own predecessors

    @classmethod
    def of(cls, brick: Brick, result: Result, beside: str = "") -> "Entry":
        check = result.check
        diagnosis = result.why.diagnosis if result.why else None
        shown = diagnosis.mistakes if diagnosis and diagnosis.shown else ()
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
            says=tuple(mistake.says for mistake in shown),
            beside=beside,
        )

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def kind(outcome: type[Outcome]) -> str:
    """The outcome's name as results and reports spell it: "wrong value", "too slow"."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in outcome.__name__).strip()


NOT_WRITTEN, SKIPPED = kind(NotWritten), kind(Skipped)
NOT_INSTALLED = kind(NotInstalled)
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
    for entry in entries:
        lines += [(line, "cyan") for line in _wrap(entry.beside, "")]
    return lines + _next(entries)


def _standing(entries: Sequence[Entry]) -> tuple[str, str]:
    earned, maximum = sum(e.points for e in entries), entries[0].brick_points
    if all(entry.outcome in WAITING for entry in entries):
        return "not started", "white"
    filled = earned * BAR // maximum
    text = f"{'#' * filled}{'.' * (BAR - filled)}   {earned:2d} of {maximum}"
    left_out = maximum - sum(e.maximum for e in entries if e.outcome != NOT_INSTALLED)
    if left_out:
        text += f"   ({left_out} {'point' if left_out == 1 else 'points'} not run)"
    return text, "green" if earned + left_out == maximum else "yellow"


def _next(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """The first thing in teaching order that is wrong or not written."""
    for entry in entries:
        if entry.outcome == UNLOADABLE:
            return [(f"next: {entry.brick}.py does not load: mend that first", "cyan")]
        if entry.outcome not in (PASSED, SKIPPED, FAULT, NOT_INSTALLED):
            return [
                (f"next: {entry.brick} / {entry.part}   ({entry.check})", "cyan"),
                *((line, "white") for line in _wrap(entry.hint)),
                *((line, "white") for line in _likely([e for e in entries if e.says])),
            ]
    return []


def _likely(diagnosed: Sequence[Entry]) -> list[str]:
    """The mistake that explains most failures, where it explains more than one."""
    counts = Counter((entry.brick, says) for entry in diagnosed for says in entry.says)
    if not counts:
        return []
    [((brick, says), n)] = counts.most_common(1)
    return _wrap(f"Behind {n} failures in {brick}: {says}") if n > 1 else []


def _wrap(text: str, first: str = INDENT) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=INDENT)
