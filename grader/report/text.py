"""A check's report as terminal text: what was called, what came back, what was expected."""

import re
import textwrap

from grader.diagnosis.explanation import Explanation
from grader.outcome import (
    CellStopped,
    Fault,
    Missing,
    NotInstalled,
    Passed,
    Skipped,
    Slow,
    Unloadable,
)
from grader.repair.kinds import Repair
from grader.report.check_report import CheckReport
from grader.report.rows import DRAWN, WIDTH, Rows, rows_of

LABEL = 12  # columns of "  expected  "
CUT = " ..."


def explain(check: CheckReport) -> str:
    """The full message of one check, at most 79 columns wide."""
    title = f"{check.brick} / {check.part}"
    points = f"{check.points} of {check.maximum}"
    head = f"{title}{points:>{max(1, WIDTH - len(title))}}"
    return "\n".join([head, *map(row_text, message_rows(check))])


def message_rows(check: CheckReport) -> Rows:
    """The labelled lines of a check's message."""
    outcome, why = check.outcome, check.explanation
    rows: Rows = []
    if not isinstance(outcome, Skipped | Unloadable | CellStopped | Fault | NotInstalled | Missing):
        rows += call_rows(check)
    rows += rows_of(outcome)
    rows += why_rows(why) if why else []
    if not isinstance(outcome, Passed | Skipped | Unloadable | CellStopped | Fault | NotInstalled):
        rows.append(("think", question(check)))
    return rows


def question(check: CheckReport) -> str:
    """What to think about: the misconception's own question, or the check's hint."""
    diagnosis = check.diagnosis
    if diagnosis and diagnosis.shown:
        return diagnosis.mistakes[-1].asks
    return check.hint


def slow_note(slow: Slow) -> str:
    """A sentence on a slow statement outside any function."""
    what = f"{slow.position[0].upper()}{slow.position[1:]}, outside any function, "
    if slow.stopped:
        return f"{what}did not end in time and was stopped."
    return f"{what}takes {slow.seconds:.0f} s: it ran once, and no check pays for it."


def why_rows(why: Explanation) -> Rows:
    """The rows of an explanation: the evidence, then what is likely."""
    rows: Rows = []
    if why.departs:
        said = ", ".join(text for _, text in rows_of(why.departs)[:2])
        rows.append(("departs", f"first at {said}"))
    if why.slope is not None:
        said = f"move that entry a little, and the loss changes by {why.slope:.5g} a unit"
        rows.append(("slope", said))
    if said := likely(why):
        rows.append(("likely", said))
    if said := where(why):
        rows.append(("where", said))
    if why.note:
        rows.append(("note", why.note))
    return rows


def place_of(repair: Repair) -> str:
    """Where one small edit mends all, and what to look at; then the student's own line."""
    lines = " or ".join(str(line) for line in repair.lines)
    at = f", line {lines}" if lines else ""
    look = f": look at {repair.look}" if repair.look else ""
    said = (
        f"{repair.file}{at}, in {repair.function}{look}. One small change there, and all checks "
        "of this brick pass that take no training"
    )
    return "\n".join(filter(None, [said, repair.text]))


def likely(why: Explanation) -> str:
    """The diagnosis in one or two sentences, or what the numbers say; may be empty."""
    if why.diagnosis is None:
        return why.numbers or ""
    said = [mistake.says for mistake in why.diagnosis.mistakes]
    return (" And on top of it: " if why.diagnosis.together else " Or: ").join(said)


def where(why: Explanation) -> str:
    """The place of a change that mends all, or the function that is at fault; may be empty."""
    if why.repair:
        return place_of(why.repair)
    if why.where is None:
        return ""
    if why.where.right:
        return f"`{why.where.right}` is right; `{why.where.wrong}`, which it uses, is not"
    return f"in `{why.where.wrong}` itself: all that it uses is right"


def call_rows(check: CheckReport) -> Rows:
    """The call, and the inputs it got: shapes of arrays, values of small ones."""
    rows = [("called", check.called)]
    if check.inputs:
        rows.append(("with", ", ".join(f"{name} {words}" for name, words in check.inputs)))
    return rows


def row_text(row: tuple[str, str]) -> str:
    """A labelled line, broken to the width of the terminal."""
    label, text = row
    if label == DRAWN:
        return textwrap.indent(text, DRAWN)
    first, *more = text.split("\n")
    unbroken = re.sub(r"[\[(][-\d., ]{,40}[\])]", lambda m: m[0].replace(" ", "\xa0"), first)
    lines = textwrap.wrap(
        unbroken,
        WIDTH,
        initial_indent=f"  {label:<{LABEL - 2}}",
        subsequent_indent=" " * LABEL,
        break_on_hyphens=False,
    )
    lines += [_cut(f"{' ' * LABEL}  {line}") for line in more]
    return "\n".join(lines).replace("\xa0", " ")


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - len(CUT)] + CUT
