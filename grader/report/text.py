"""An outcome as terminal text: what was called, what came back, what was expected."""

import re
import textwrap
from typing import Any

import numpy as np

from grader.carry_forward import CarriedForward
from grader.diagnosis.explanation import Explanation
from grader.examine import Result
from grader.outcome import (
    Accuracy,
    CellStopped,
    Fault,
    Missing,
    NotInstalled,
    Passed,
    Skipped,
    Unloadable,
)
from grader.report.rows import DRAWN, SMALL, WIDTH, Rows, number, rows_of, short

LABEL = 12  # columns of "  expected  "
CUT = " ..."


def explain(result: Result) -> str:
    """The whole message of one check, at most 79 columns wide."""
    check, outcome = result.check, result.outcome
    title = f"{check.brick} / {check.part}"
    points = f"{result.points} of {check.points}"
    rows: Rows = []
    if not isinstance(outcome, Skipped | Unloadable | CellStopped | Fault | NotInstalled | Missing):
        rows += call_rows(result)
    rows += rows_of(outcome)
    rows += why_rows(result.why) if result.why else []
    if not isinstance(outcome, Passed | Skipped | Unloadable | CellStopped | Fault | NotInstalled):
        rows.append(("think", question(result)))
    head = f"{title}{points:>{max(1, WIDTH - len(title))}}"
    return "\n".join([head, *(_row(label, text) for label, text in rows)])


def summary(result: Result) -> str:
    """One line for a table: what is wrong, without the call and the hint."""
    outcome = result.outcome
    if isinstance(outcome, Unloadable):
        where = f" (line {outcome.lines[-1].number})" if outcome.lines else ""
        said = f"{outcome.file} does not load: {outcome.reason}{where}"
        return textwrap.shorten(said, 160, placeholder=" ...")
    if result.why and (short := likely(result.why)):
        return textwrap.shorten(short, 160, placeholder=" ...")
    said = ", ".join(
        f"expected {text}" if label == "expected" else text for label, text in rows_of(outcome)[:2]
    )
    return textwrap.shorten(said, 160, placeholder=" ...")


def question(result: Result) -> str:
    """What to think about: the misconception's own question, or the check's hint."""
    diagnosis = result.why.diagnosis if result.why else None
    if diagnosis and diagnosis.shown:
        return diagnosis.mistakes[-1].asks
    return result.check.hint


def beside(carried: CarriedForward) -> str:
    """A brick that is right, on the student's own predecessors: what that comes to."""
    own, brick, part = (
        carried.own,
        carried.unfinished.brick,
        carried.unfinished.part,
    )
    if isinstance(own, Accuracy):
        reaches = f"it reaches {own.share:.3f}"
    else:
        reaches = f"it stops ({rows_of(own)[0][1]})"
    return (
        f"{carried.brick} is right: {carried.alone.share:.3f} on the reference's {brick}; "
        f"with your own {brick} {reaches}: finish {brick} / {part} first"
    )


def why_rows(why: Explanation) -> Rows:
    """What is likely, on what evidence."""
    rows: Rows = []
    if why.departs:
        said = ", ".join(text for _, text in rows_of(why.departs)[:2])
        rows.append(("departs", f"first at {said}"))
    if why.slope is not None:
        said = f"move that entry a little, and the loss changes by {why.slope:.5g} a unit"
        rows.append(("slope", said))
    if said := likely(why):
        rows.append(("likely", said))
    return rows


def likely(why: Explanation) -> str:
    """The diagnosis in one or two sentences, or what the numbers say; may be empty."""
    if why.diagnosis is None:
        return why.numbers or ""
    said = [mistake.says for mistake in why.diagnosis.mistakes]
    return (" And on top of it: " if why.diagnosis.together else " Or: ").join(said)


def call_rows(result: Result) -> Rows:
    """The call, and the inputs it got: shapes of arrays, values of small ones."""
    inputs = result.check.shown_to_probe(result.inputs) if result.inputs else {}
    rows = [("called", result.check.called)]
    if inputs:
        rows.append(("with", ", ".join(f"{name} {_input(inputs[name])}" for name in inputs)))
    return rows


def _input(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return str(value.shape) if value.size > SMALL else f"= {short(value)}"
    return f"= {number(value)}" if isinstance(value, float) else f"= {value!r}"


def _row(label: str, text: str) -> str:
    if label == DRAWN:
        return textwrap.indent(text, DRAWN)
    first, *more = text.split("\n")
    whole = re.sub(r"[\[(][-\d., ]{,40}[\])]", lambda m: m[0].replace(" ", "\xa0"), first)
    lines = textwrap.wrap(
        whole,
        WIDTH,
        initial_indent=f"  {label:<{LABEL - 2}}",
        subsequent_indent=" " * LABEL,
        break_on_hyphens=False,
    )
    lines += [_cut(f"{' ' * LABEL}  {line}") for line in more]
    return "\n".join(lines).replace("\xa0", " ")


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - len(CUT)] + CUT
