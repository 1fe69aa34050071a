"""The board: each brick's points as a bar, and the one thing to do next."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.outcome import Fault, NotInstalled, Skipped, Unloadable
from grader.report.report import CheckReport

BAR = 20
WIDTH = 79
INDENT = " " * 6


@dataclass(frozen=True)
class BoardEntry:
    """A check that ran, and its position in the course.

    order         the brick's position, then the check's position in its brick
    brick_points  points of all checks of the brick, also of those that did not run
    notes         sentences that are shown under the points
    """

    check: CheckReport
    order: tuple[int, int]
    brick_points: int
    notes: tuple[str, ...] = ()


def board(ran: Sequence[BoardEntry]) -> list[tuple[str, str]]:
    """The lines of the board, at most 79 columns wide, each with its colour."""
    ran = sorted(ran, key=lambda one: one.order)
    bricks = list(dict.fromkeys(one.check.brick for one in ran))
    width = max(map(len, bricks), default=0)
    lines = []
    for brick in bricks:
        text, colour = _bar([one for one in ran if one.check.brick == brick])
        lines.append((f"{brick:<{width}}  {text}", colour))
    for one in ran:
        lines += [(line, "cyan") for note in one.notes for line in _wrap(note, "")]
    return lines + _next([one.check for one in ran])


def _bar(ran: Sequence[BoardEntry]) -> tuple[str, str]:
    """A brick's points as a bar, and its colour."""
    checks, maximum = [one.check for one in ran], ran[0].brick_points
    earned = sum(check.points for check in checks)
    if all(check.waits for check in checks):
        return "not started", "white"
    filled = earned * BAR // maximum
    text = f"{'#' * filled}{'.' * (BAR - filled)}   {earned:2d} of {maximum}"
    left_out = maximum - sum(
        check.maximum for check in checks if not isinstance(check.outcome, NotInstalled)
    )
    if left_out:
        text += f"   ({left_out} {'point' if left_out == 1 else 'points'} not run)"
    return text, "green" if earned + left_out == maximum else "yellow"


def _next(checks: Sequence[CheckReport]) -> list[tuple[str, str]]:
    """The first thing in teaching order that is wrong or not written."""
    for check in checks:
        if isinstance(check.outcome, Unloadable):
            return [(f"next: {check.brick}.py does not load: mend that first", "cyan")]
        if not check.passed and not isinstance(check.outcome, Skipped | Fault | NotInstalled):
            return [
                (f"next: {check.brick} / {check.part}   ({check.name})", "cyan"),
                *((line, "white") for line in _wrap(check.hint)),
                *((line, "white") for line in _likely(checks)),
            ]
    return []


def _likely(checks: Sequence[CheckReport]) -> list[str]:
    """The mistake that explains most failures, where it explains more than one."""
    counts = Counter((check.brick, says) for check in checks for says in _shown(check))
    if not counts:
        return []
    [((brick, says), n)] = counts.most_common(1)
    return _wrap(f"Behind {n} failures in {brick}: {says}") if n > 1 else []


def _shown(check: CheckReport) -> list[str]:
    """The misconceptions that the answer shows for certain, a sentence for each."""
    diagnosis = check.diagnosis
    return [one.says for one in diagnosis.mistakes] if diagnosis and diagnosis.shown else []


def _wrap(text: str, first: str = INDENT) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=INDENT)
