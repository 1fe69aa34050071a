"""The board: each brick's points as a bar, and the one thing to do next."""

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.outcome import Passed, kind
from grader.report.check_report import CheckReport
from grader.report.text import next_to_do

BAR = 20
WIDTH = 79
INDENT = " " * 6


@dataclass(frozen=True)
class BoardEntry:
    """A check that ran, as plain values that travel between pytest's processes.

    outcome       its kind: "wrong value"
    shown         a sentence for each misconception that the answer shows for certain
    order         the brick's position, then the check's position in its brick
    brick_points  points of all checks of the brick, also of those that did not run
    same_as       the earlier check that the same exception ended
    notes         sentences that are shown under the points
    """

    brick: str
    part: str
    name: str
    outcome: str
    points: int
    maximum: int
    hint: str
    shown: Sequence[str]
    order: tuple[int, int]
    brick_points: int
    notes: Sequence[str] = ()
    same_as: str = ""


def board_entry(
    check: CheckReport, order: tuple[int, int], brick_points: int, notes: Sequence[str]
) -> BoardEntry:
    diagnosis = check.diagnosis
    return BoardEntry(
        check.brick,
        check.part,
        check.name,
        kind(check.outcome),
        check.points,
        check.maximum,
        next_to_do(check),
        [one.says for one in diagnosis.mistakes] if diagnosis and diagnosis.shown else [],
        order,
        brick_points,
        notes,
        check.same_as,
    )


def board(ran: Sequence[BoardEntry]) -> list[tuple[str, str]]:
    """The lines of the board, at most 79 columns wide, each with its colour."""
    ran = sorted(ran, key=lambda one: tuple(one.order))
    bars = board_bars(ran)
    width = max(map(len, bars), default=0)
    lines = [(f"{brick:<{width}}  {text}", colour) for brick, (text, colour) in bars.items()]
    for one in ran:
        lines += [(line, "cyan") for note in one.notes for line in _wrap(note, "")]
    return lines + _next(ran)


def board_bars(ran: Sequence[BoardEntry]) -> dict[str, tuple[str, str]]:
    """By brick, its points as a bar, and the colour of that."""
    bricks = dict.fromkeys(one.brick for one in ran)
    return {brick: _bar([one for one in ran if one.brick == brick]) for brick in bricks}


def _bar(ran: Sequence[BoardEntry]) -> tuple[str, str]:
    """A brick's points as a bar, and its colour."""
    earned, maximum = sum(one.points for one in ran), ran[0].brick_points
    if all(one.outcome in ("not written", "skipped") for one in ran):
        return "not started", "white"
    filled = earned * BAR // maximum
    text = f"{'#' * filled}{'.' * (BAR - filled)}   {earned:2d} of {maximum}"
    left_out = maximum - sum(one.maximum for one in ran if one.outcome != "not installed")
    if left_out:
        text += f"   ({left_out} {'point' if left_out == 1 else 'points'} not run)"
    return text, "green" if earned + left_out == maximum else "yellow"


def _next(ran: Sequence[BoardEntry]) -> list[tuple[str, str]]:
    """The first thing in teaching order that is wrong or not written."""
    for one in ran:
        if one.outcome == "unloadable":
            return [(f"next: {one.brick}.py does not load: mend that first", "cyan")]
        if one.outcome not in ("passed", "skipped", "fault", "not installed"):
            return [
                (f"next: {one.brick} / {one.part}   ({one.name})", "cyan"),
                *((line, "white") for line in _wrap(one.hint)),
                *((line, "white") for line in [*_likely(ran), *_shared(one, ran)]),
            ]
    return []


def onward(
    ran: Sequence[BoardEntry], first_parts: Mapping[str, str], points: Mapping[str, int]
) -> list[str]:
    """What to do when all that ran is right: the next brick, or how to hand in.

    first_parts: by brick, in teaching order, where work begins. points: of each brick.
    """
    if not ran or any(one.outcome != "passed" for one in ran):
        return []
    earned = {one.brick: sum(it.points for it in ran if it.brick == one.brick) for one in ran}
    if part := [name for name, number in earned.items() if number < points[name]]:
        return [f"next: all of {part[0]}, for not all of its checks ran: pytest -k {part[0]}"]
    bricks = list(first_parts)
    last = max(map(bricks.index, earned))
    for name in bricks[last + 1 :]:
        said = f"next: {name} / {first_parts[name]}   (open exercises/{name}.py and read its text)"
        return [f"{bricks[last]} is complete.", said]
    if missing := [name for name in bricks if name not in earned]:
        return [f"next: {missing[0]} / {first_parts[missing[0]]}   (it did not run this time)"]
    total = sum(points[name] for name in bricks)
    files = ", ".join(f"{name}.py" for name in bricks)
    said = f"All {total} points. Hand in what you wrote in exercises/: {files}. Or your notebooks."
    return textwrap.wrap(said, WIDTH, subsequent_indent=INDENT)


def reached_note(check: CheckReport) -> str:
    """A sentence on the digits that a trained model reads, where a bar is met; else empty."""
    outcome = check.outcome
    if not isinstance(outcome, Passed) or outcome.reached is None:
        return ""
    at = outcome.reached
    return (
        f"{check.brick} ({check.name}): yours reads {at.share:.1%} of {at.n:,} unseen digits "
        f"right; the bar is {at.bar:.1%}."
    )


def _likely(ran: Sequence[BoardEntry]) -> list[str]:
    """The mistake that explains most failures, where it explains more than one."""
    counts = Counter((one.brick, says) for one in ran for says in one.shown)
    if not counts:
        return []
    [((brick, says), n)] = counts.most_common(1)
    return _wrap(f"Behind {n} failures in {brick}: {says}") if n > 1 else []


def _shared(first: BoardEntry, ran: Sequence[BoardEntry]) -> list[str]:
    """The other checks that the same exception ended."""
    named = f"{first.part} ({first.name})"
    parts = [one.part for one in ran if one.brick == first.brick and one.same_as == named]
    return _wrap(f"The same error ends {', '.join(dict.fromkeys(parts))}.") if parts else []


def _wrap(text: str, first: str = INDENT) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=INDENT)
