"""Reads NumPy's warning on a result that is not finite, or in a call that must not warn."""

import re

from grader.outcome import Line, NotFinite, Outcome, WrongValue
from grader.source import Source, functions_in, shown_line, trees_of
from grader.warned import WARNED

N_WARNINGS = "number of warnings"  # as hear_warnings calls it
# The meaning of warnings in any code: a pattern of the text, and a sentence.
MEANINGS = (
    (r"divide by zero .* in log", "the logarithm of 0 is taken on the way"),
    (r"invalid value .* in log", "the logarithm of a number below 0 is taken on the way"),
    (r"overflow .* in exp", "exp is taken of numbers that are too large for it on the way"),
    (r"invalid value .* in sqrt", "the root of a number below 0 is taken on the way"),
    (r"divide by zero|invalid value .* in .*divide", "something is divided by 0 on the way"),
    (r"[Mm]ean of empty slice", "the mean of no numbers at all is taken on the way"),
)


def cause_warned_of(outcome: Outcome, note: str | None) -> str | None:
    """The meaning of the call's first warning; None if none came, or if it cannot be the cause."""
    found = WARNED.fullmatch(note or "")
    if not found or not _is_about_warnings(outcome):
        return None
    message = found["message"]
    return next((says for pattern, says in MEANINGS if re.search(pattern, message)), None)


def warned_at(outcome: Outcome, note: str | None, own: Source) -> Line | None:
    """The line of the student's own file that the first warning of the call came from."""
    found = WARNED.fullmatch(note or "")
    if not found or not _is_about_warnings(outcome) or not own.own:
        return None
    file, number = found["file"], int(found["line"])
    lines = own.texts.get(file, [])
    if not 1 <= number <= len(lines):
        return None
    inside = [
        name
        for named, tree in trees_of(own.texts)
        for name, it in functions_in(tree)
        if named == file and it.lineno <= number <= (it.end_lineno or 0)
    ]
    return Line(file, number, inside[-1] if inside else "", shown_line(lines, number))


def _is_about_warnings(outcome: Outcome) -> bool:
    """Whether what is wrong is that a warning came, or what may follow from one."""
    if isinstance(outcome, WrongValue):
        return outcome.name == N_WARNINGS
    return isinstance(outcome, NotFinite)
