"""Results without texts and values that the code under test chose.

A brick that runs on the references of other bricks could carry their text out: in an exception, in
a shape, in wrong values. While students can still hand in those bricks, messages use only the kit's
own words.
"""

import builtins
from dataclasses import replace

from grader.diagnosis.explanation import Explanation
from grader.language import N_, _
from grader.outcome import (
    BelowBar,
    CellStopped,
    Crashed,
    Missing,
    NotFinite,
    NotWritten,
    Outcome,
    Raised,
    TooSlow,
    Unloadable,
    Withheld,
    WrongShape,
    WrongSignature,
    WrongType,
    WrongValue,
    kind,
)
from grader.result import Result
from grader.source import Source, read_again

WITHHELD = N_("(its text is shown once the bricks before this one are closed)")
WHY_WITHHELD = N_("why is shown once the bricks before this one are closed")
NAME_WITHHELD = N_("something")


def withheld(result: Result, own: Source) -> Result:
    """The same result, whose only texts are the kit's own and lines of the source `own`."""
    why = result.why and Explanation(diagnosis=result.why.diagnosis)
    return replace(result, outcome=without_words(result.outcome, own), why=why, printed="")


def without_words(outcome: Outcome, own: Source) -> Outcome:
    """The outcome without texts and values of the code under test, and with a line of `own`."""
    if isinstance(outcome, BelowBar):
        return replace(outcome, confusion=None)
    if isinstance(outcome, WrongValue):
        return Withheld(outcome.name, _("other values"), kind(outcome))
    if isinstance(outcome, WrongShape):
        return Withheld(
            outcome.name, _("shape {shape}").format(shape=outcome.expected), kind(outcome)
        )
    if isinstance(outcome, NotFinite):
        return Withheld(outcome.name, _("finite numbers"), kind(outcome))
    if isinstance(outcome, Crashed):
        return replace(outcome, reason=_(WHY_WITHHELD))
    if isinstance(outcome, Raised):
        return Raised(_builtin(outcome.error), _(WITHHELD), read_again(outcome.lines, own)[-1:])
    if isinstance(outcome, Unloadable):
        error = _builtin(outcome.reason.partition(":")[0])
        return Unloadable(own.file, f"{error} {_(WITHHELD)}", read_again(outcome.lines, own)[-1:])
    if isinstance(outcome, WrongType):
        return Withheld(_("the answer"), _("another kind of value"), kind(outcome))
    if isinstance(outcome, WrongSignature):
        return WrongSignature(_(WITHHELD))
    if isinstance(outcome, CellStopped | Missing | NotWritten):
        named = outcome.name in own.code.decode("utf-8", "replace")
        outcome = outcome if named else replace(outcome, name=_(NAME_WITHHELD))
    if isinstance(outcome, TooSlow) and (outcome.lines or outcome.times or outcome.repeats):
        lines = read_again(outcome.lines, own)[-1:]
        return TooSlow(outcome.limit, outcome.certain, lines)
    if isinstance(outcome, Missing) and outcome.never_set_on.encode() not in own.code:
        return replace(outcome, never_set_on="")
    if isinstance(outcome, CellStopped):
        cell = (
            outcome.cell
            if outcome.cell in own.texts
            else _("a cell of {file}").format(file=own.file)
        )
        error = _builtin(outcome.reason.partition(":")[0])
        lines = read_again(outcome.lines, own)[-1:]
        return CellStopped(outcome.name, cell, f"{error} {_(WITHHELD)}", lines)
    return outcome


def _builtin(error: str) -> str:
    named = getattr(builtins, error, None)
    is_error = isinstance(named, type) and issubclass(named, BaseException)
    return error if is_error else _("an exception of its own")
