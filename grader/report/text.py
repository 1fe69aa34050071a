"""A check's report as terminal text: what was called, what came back, what was expected."""

import re
import textwrap

from grader.diagnosis.explanation import Explanation
from grader.language import _, in_course, ngettext
from grader.outcome import (
    CellStopped,
    Crashed,
    Fault,
    Missing,
    NotInstalled,
    Passed,
    Raised,
    Skipped,
    Slow,
    TooSlow,
    Unloadable,
    WrongShape,
    WrongSignature,
    WrongType,
)
from grader.repair.kinds import Repair
from grader.report.check_report import CheckReport
from grader.report.drawing import without_difference
from grader.report.labels import shown_label
from grader.report.rows import WIDTH, Rows, position_of, rows_of, shown_file
from grader.report.values import DRAWN

LABEL = 12  # columns of "  expected  "
CUT = " ..."
MOST_LINES = 18  # of a message
ONCE = ("likely", "where", "think")  # labels that a message has once at most
# A message that is too long loses its first row with one of these labels.
SPARE = ("right", "departs", "with", DRAWN)
NO_QUESTION = (Passed, Skipped, Unloadable, CellStopped, Fault, NotInstalled)
# These outcomes say more than a hint on how to think of the part.
NO_HINT = (Raised, TooSlow, Crashed, WrongSignature, Missing)


def explain(check: CheckReport, width: int = WIDTH) -> str:
    """The full message of one check, at most that wide and 18 lines long."""
    title = f"{check.brick} / {check.part}"
    points = _("{points} of {maximum}").format(points=check.points, maximum=check.maximum)
    head = f"{title}{points:>{max(1, width - len(title))}}"
    rows = message_rows(check, width)
    text = _written(head, rows, width)
    for label in SPARE:
        if text.count("\n") < MOST_LINES:
            break
        if label == DRAWN:
            shorter = [
                (it, without_difference(said)) if it == DRAWN else (it, said) for it, said in rows
            ]
            if _written(head, shorter, width).count("\n") < MOST_LINES:
                return _written(head, shorter, width)
        rows = [row for row in rows if row[0] != label]
        text = _written(head, rows, width)
    return text


def _written(head: str, rows: Rows, width: int) -> str:
    return "\n".join([head, *(row_text(row, width) for row in rows)])


def message_rows(check: CheckReport, width: int = WIDTH) -> Rows:
    """The labelled lines of a check's message: one likely cause and one position at most."""
    outcome, why = check.outcome, check.explanation
    rows: Rows = []
    if check.same_as and isinstance(outcome, Raised):
        said = _("the same as in {check}: {error}")
        if outcome.lines:
            said = _("the same as in {check}: {error}, line {n} of {file}")
        line = outcome.lines[-1] if outcome.lines else None
        said = said.format(
            check=check.same_as,
            error=outcome.error,
            n=line and line.number,
            file=line and shown_file(line.file),
        )
        return [("called", check.called), ("raised", said)]
    if not isinstance(outcome, Skipped | Unloadable | CellStopped | Fault | NotInstalled | Missing):
        rows += call_rows(check)
    rows += rows_of(outcome, width)
    if isinstance(outcome, Missing) and outcome.never_set_on:
        rows += [("called", check.called), ("likely", _to_look_at(check, outcome.never_set_on))]
    rows += why_rows(why) if why else []
    if asked := question(check):
        rows.append(("think", asked))
    return [
        row for i, row in enumerate(rows) if row[0] not in ONCE or row[0] not in _labels(rows[:i])
    ]


def _labels(rows: Rows) -> list[str]:
    return [label for label, _ in rows]


def _to_look_at(check: CheckReport, owner: str) -> str:
    """A sentence on the method that ran, if the check then misses an attribute that no code set."""
    if check.part == owner:
        return _("`__init__` of {owner} has run and has not set it on `self`.").format(owner=owner)
    said = _("{part} has run, and it is still not there: did it reach every {owner}?")
    return said.format(part=check.part, owner=owner)


def question(check: CheckReport) -> str:
    """What to think about: the misconception's own question, or the check's hint.

    Empty if the code raised, or if a cause is known: then the hint may be about something else.
    """
    if isinstance(check.outcome, NO_QUESTION):
        return ""
    diagnosis, why = check.diagnosis, check.explanation
    if diagnosis and diagnosis.shown:
        return in_course(diagnosis.mistakes[-1].asks)
    if isinstance(check.outcome, NO_HINT) or (why and why.cause) or check.same_as:
        return ""
    if isinstance(check.outcome, WrongType) and check.outcome.returned == "None":
        return ""
    if isinstance(check.outcome, WrongShape) and check.part[:1].isupper() and "." not in check.part:
        said = _("Which shape does the text of {part} give it?")  # hints are of its values
        return said.format(part=check.part)
    return check.hint


def in_one_line(check: CheckReport) -> str:
    """One line on what is wrong with a check: the cause, or what came back."""
    said = likely(check.explanation) if check.explanation else ""
    if said:
        return said
    rows = [(label, text.partition("\n")[0]) for label, text in rows_of(check.outcome)[:2]]
    return ", ".join(expected(text) if label == "expected" else text for label, text in rows)


def expected(text: str) -> str:
    """What was expected, for a line without labels."""
    return _("expected {what}").format(what=text)


def next_to_do(check: CheckReport) -> str:
    """The board's line on the check: what to think about, or else what happened."""
    known = likely(check.explanation) if check.explanation else ""
    asked = question(check)
    if known and (not asked or isinstance(check.outcome, WrongShape)):
        return known  # of a shape it says more than a hint, which is of the values
    return asked or " ".join(text for _, text in rows_of(check.outcome)[:1])


def slow_note(slow: Slow) -> str:
    """A sentence on a slow statement outside any function."""
    if slow.stopped:
        said = _("Line {n} of {file}, outside any function, did not end in time and was stopped.")
    else:
        said = _(
            "Line {n} of {file}, outside any function, takes {seconds} s: it ran once, and no "
            "check pays for it."
        )
    return said.format(
        n=slow.line.number, file=shown_file(slow.line.file), seconds=f"{slow.seconds:.0f}"
    )


def why_rows(why: Explanation) -> Rows:
    """The rows of an explanation: the evidence, then the likely cause."""
    rows: Rows = []
    if why.departs:
        said = ", ".join(text for _, text in rows_of(why.departs)[:2])
        rows.append(("departs", _("first at {value}").format(value=said)))
    if why.line is not None:
        rows += position_of([why.line])
    if why.slope is not None:
        said = _("move that entry a little, and the loss changes by {slope} a unit")
        rows.append(("slope", said.format(slope=f"{why.slope:.5g}")))
    if said := likely(why):
        rows.append(("likely", said))
    if said := where(why):
        rows.append(("where", said))
    if why.note:
        rows.append(("note", why.note))
    return rows


def place_of(repair: Repair) -> str:
    """Where a small edit mends checks, and what to look at; then the student's own line."""
    n = len(repair.mends) + repair.by_other
    more = ngettext("{n} more check passes", "{n} more checks pass", n).format(n=n)
    then = _("all checks of this brick pass that take no training") if repair.whole else more
    place = _("{place}: look at {look}") if repair.look else "{place}"
    change = (
        _("{place}. One small change there and one in {other}, and {then}")
        if repair.other
        else _("{place}. One small change there, and {then}")
    )
    at = f"{shown_file(repair.file)}, {repair.where}"
    said = change.format(
        place=place.format(place=at, look=_(repair.look)), other=repair.other, then=then
    )
    return "\n".join(filter(None, [said, repair.text]))


def likely(why: Explanation) -> str:
    """The diagnosis in one or two sentences, or a sentence on the numbers; may be empty."""
    if why.diagnosis is None:
        return why.cause or why.numbers or ""
    first, *others = (in_course(mistake.says) for mistake in why.diagnosis.mistakes)
    said = _("{first} And on top of it: {other}")
    if not why.diagnosis.together:
        said = _("{first} Or: {other}")
    for other in others:
        first = said.format(first=first, other=other)
    return first


def where(why: Explanation) -> str:
    """The place of a change that mends all, or the function that is at fault; may be empty."""
    if why.repair:
        return place_of(why.repair)
    if why.where is None:
        return ""
    if why.where.right:
        said = _("`{right}` is right; `{wrong}`, which it uses, is not")
        return said.format(right=why.where.right, wrong=why.where.wrong)
    said = _("in `{function}` itself: all that it uses is right")
    return said.format(function=why.where.wrong)


def call_rows(check: CheckReport) -> Rows:
    """The call, and the inputs it got: shapes of arrays, values of small ones."""
    rows = [("called", check.called)]
    if check.inputs:
        rows.append(("with", ", ".join(f"{name} {words}" for name, words in check.inputs)))
    return rows


def row_text(row: tuple[str, str], width: int = WIDTH) -> str:
    """A labelled line, broken to the width of the terminal."""
    label, text = row
    if label == DRAWN:
        return textwrap.indent(text, DRAWN)
    first, *more = text.split("\n")
    unbroken = re.sub(r"[\[(][-\d., ]{,40}[\])]", lambda m: m[0].replace(" ", "\xa0"), first)
    lines = textwrap.wrap(
        unbroken,
        width,
        initial_indent=f"  {shown_label(label):<{LABEL - 2}}",
        subsequent_indent=" " * LABEL,
        break_on_hyphens=False,
    )
    lines += [_cut(f"{' ' * LABEL}  {line}", width) for line in more]
    return "\n".join(lines).replace("\xa0", " ")


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - len(CUT)] + CUT
