"""The board: each brick's points as a bar, and the one thing to do next."""

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from grader.language import _, counted, in_course, ngettext, percent
from grader.outcome import Passed, kind
from grader.report.check_report import CheckReport
from grader.report.text import next_to_do

BAR = 20
WIDTH = 79
INDENT = " " * 6
DONE = ("passed", "skipped", "fault", "not installed")  # nothing to do for a student


@dataclass(frozen=True)
class BoardEntry:
    """A check that ran, as plain values that pytest's processes can send to each other.

    outcome       the outcome's kind: "wrong value"
    shown         a sentence for each misconception that the answer shows for certain
    order         the brick's position, then the check's position in its brick
    brick_points  points of all checks of the brick, also of those that did not run
    same_as       the earlier check that failed with the same exception
    notes         sentences that are shown under the points
    says_why      whether the message says what is wrong
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
    says_why: bool = False


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
        [in_course(one.says) for one in diagnosis.mistakes]
        if diagnosis and diagnosis.shown
        else [],
        order,
        brick_points,
        notes,
        check.same_as,
        check.says_why,
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
    """By brick, its points as a bar, and the bar's colour."""
    bricks = dict.fromkeys(one.brick for one in ran)
    return {brick: _bar([one for one in ran if one.brick == brick]) for brick in bricks}


def _bar(ran: Sequence[BoardEntry]) -> tuple[str, str]:
    """A brick's points as a bar, and its colour."""
    earned, maximum = sum(one.points for one in ran), ran[0].brick_points
    if all(one.outcome in ("not written", "skipped") for one in ran):
        return _("not started"), "white"
    filled = earned * BAR // maximum
    points = _("{points} of {maximum}").format(points=f"{earned:2d}", maximum=maximum)
    text = f"{'#' * filled}{'.' * (BAR - filled)}   {points}"
    left_out = maximum - sum(one.maximum for one in ran if one.outcome != "not installed")
    if left_out:
        said = ngettext("({n} point not run)", "({n} points not run)", left_out)
        text += f"   {said.format(n=left_out)}"
    return text, "green" if earned + left_out == maximum else "yellow"


def _next(ran: Sequence[BoardEntry]) -> list[tuple[str, str]]:
    """Lines on the one check to work on now."""
    one = first_to_do([it for it in ran if it.outcome not in DONE])
    if one is None:
        return []
    if one.outcome == "unloadable":
        said = _("next: {file} does not load: mend that first")
        return [(said.format(file=f"{one.brick}.py"), "cyan")]
    return [
        (next_line(f"{one.brick} / {one.part}   ({one.name})"), "cyan"),
        *((line, "white") for line in _wrap(one.hint)),
        *((line, "white") for line in [*_likely(ran), *_shared(one, ran)]),
    ]


class ToDo(Protocol):
    """A check that is wrong or not written."""

    @property
    def brick(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def says_why(self) -> bool: ...


Found = TypeVar("Found", bound=ToDo)


def first_to_do(found: Sequence[Found]) -> Found | None:
    """The first in teaching order; of the checks of its part, the first that says what is wrong."""
    of_part = [it for it in found if (it.brick, it.part) == (found[0].brick, found[0].part)]
    return next((it for it in of_part if it.says_why), next(iter(found), None))


def next_line(place: str) -> str:
    """The line that names what to do next."""
    return _("next: {place}").format(place=place)


def onward(
    ran: Sequence[BoardEntry], first_parts: Mapping[str, str], points: Mapping[str, int]
) -> list[str]:
    """Lines on what to do when every check that ran passed: the next brick, or how to hand in.

    first_parts: by brick, in teaching order, its first part. points: of each brick.
    """
    if not ran or any(one.outcome != "passed" for one in ran):
        return []
    earned = {one.brick: sum(it.points for it in ran if it.brick == one.brick) for one in ran}
    if part := [name for name, number in earned.items() if number < points[name]]:
        said = _("next: all of {brick}, for not all of its checks ran: pytest -k {brick}")
        return [said.format(brick=part[0])]
    bricks = list(first_parts)
    last = max(map(bricks.index, earned))
    for name in bricks[last + 1 :]:
        said = _("{part}   (open {file} and read its text)").format(
            part=f"{name} / {first_parts[name]}", file=f"exercises/{name}.py"
        )
        return [_("{brick} is complete.").format(brick=bricks[last]), next_line(said)]
    if missing := [name for name in bricks if name not in earned]:
        said = _("{part}   (it did not run this time)")
        return [next_line(said.format(part=f"{missing[0]} / {first_parts[missing[0]]}"))]
    total = sum(points[name] for name in bricks)
    files = ", ".join(f"{name}.py" for name in bricks)
    said = _("All {n} points. Hand in what you wrote in exercises/: {files}. Or your notebooks.")
    said = said.format(n=total, files=files)
    return textwrap.wrap(said, WIDTH, subsequent_indent=INDENT)


def reached_note(check: CheckReport) -> str:
    """A sentence on the share of digits that a trained model reads; empty if no bar was met."""
    outcome = check.outcome
    if not isinstance(outcome, Passed) or outcome.reached is None:
        return ""
    at = outcome.reached
    return _("{check}: yours reads {share} of {n} unseen digits right; the bar is {bar}.").format(
        check=f"{check.brick} ({check.name})",
        share=percent(at.share),
        n=counted(at.n),
        bar=percent(at.bar),
    )


def _likely(ran: Sequence[BoardEntry]) -> list[str]:
    """A sentence on the mistake that explains most failures, if it explains more than one."""
    counts = Counter((one.brick, says) for one in ran for says in one.shown)
    if not counts:
        return []
    [((brick, says), n)] = counts.most_common(1)
    said = _("Behind {n} failures in {brick}: {says}").format(n=n, brick=brick, says=says)
    return _wrap(said) if n > 1 else []


def _shared(first: BoardEntry, ran: Sequence[BoardEntry]) -> list[str]:
    """A sentence on the other checks that failed with the same exception."""
    named = f"{first.part} ({first.name})"
    parts = [one.part for one in ran if one.brick == first.brick and one.same_as == named]
    said = _("The same error ends {parts}.").format(parts=", ".join(dict.fromkeys(parts)))
    return _wrap(said) if parts else []


def _wrap(text: str, first: str = INDENT) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=INDENT)
