"""Each outcome as labelled lines: "returned", "expected", "at"."""

import platform
import re
import sys
import textwrap
from collections.abc import Sequence

from grader.errors import in_plain_words
from grader.language import N_, _, again, counted, in_course
from grader.outcome import (
    Accuracy,
    BelowBar,
    CellStopped,
    Crashed,
    Fault,
    Line,
    Missing,
    NotFinite,
    NotInstalled,
    NotWritten,
    Outcome,
    Passed,
    Raised,
    Skipped,
    TooSlow,
    Unloadable,
    Withheld,
    WrongShape,
    WrongSignature,
    WrongType,
    WrongValue,
)
from grader.report.names import value_name
from grader.report.values import wrong_value

WIDTH = 79
WIDEST = 100  # columns: longer lines are hard to read
NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]{1,60})'")
MAX_TRANSLATED = 120  # characters of an error's own text, where plain words follow it

NAMED = N_("{name}: {what}")
FORGOT = N_("{name}: None: is a `return` missing, or was it never set?")
# How a notebook's cells are named, and why one of them did not run: grader.notebook says so.
CELLS = (N_("cell {number} of {file}"), N_("cell {number}"), N_("a cell of {file}"))
NOT_RUN = (
    N_("is raw, so its code does not run"),
    N_("is text, so its code does not run"),
    N_("is under %%timeit, and what is defined there does not stay"),
    N_("is under %%{magic}, so it is written to a file and does not run"),
    N_("is under %%{magic}, so it does not run as Python here"),
)

Rows = list[tuple[str, str]]


def rows_of(outcome: Outcome, width: int = WIDTH) -> Rows:
    """The labelled lines that an outcome adds to a message. width: columns for a drawing."""
    match outcome:
        case Passed(reached, on):
            rows = [("reached", _accuracy(reached))] if reached else []
            return rows + ([("judged", on_the_reference(on))] if on else [])
        case BelowBar(best, tries):
            trained = _("best of {tries} trainings") if tries > 1 else _("one training")
            said = f"{_accuracy(best)}; {trained.format(tries=tries)}"
            return [("returned", said), *_margin(best)]
        case WrongValue():
            return wrong_value(outcome, width)
        case WrongShape(name, returned, expected):
            said = _("{name} has the shape {returned}, expected {expected}").format(
                name=value_name(name), returned=returned, expected=expected or _("one number")
            )
            return [("returned", said)]
        case WrongType(name, what, due):
            said = FORGOT if what == "None" else NAMED
            said = _(said).format(name=value_name(name), what=in_course(what))
            return [("returned", said), ("expected", in_course(due))]
        case NotFinite(name, index, value, n_bad):
            where = f"[{', '.join(map(str, index))}]" if index else ""
            said = _("{entry} is {value} (and {n} more)") if n_bad > 1 else _("{entry} is {value}")
            said = said.format(entry=f"{value_name(name)}{where}", value=value, n=n_bad - 1)
            return [("returned", said), ("expected", _("finite numbers"))]
        case Withheld(name, due):
            said = _("what is shown once the bricks before this one are closed")
            said = _(NAMED).format(name=value_name(name), what=said)
            return [("returned", said), ("expected", due)]
        case Raised("SystemExit", _, lines):
            return [
                ("raised", _("your code ends the program (sys.exit or exit)")),
                *position_of(lines),
            ]
        case Raised("BdbQuit", _, lines):
            said = _("your code stops for a debugger (breakpoint), which has no terminal here")
            do = _("pytest exercises/ -s -k NAME runs the check of that name at this terminal")
            return [("raised", said), *position_of(lines), ("do", do)]
        case Raised(error, message, lines, found):
            if meaning := in_plain_words(message, found, own_line=bool(lines)):
                message = textwrap.shorten(message, MAX_TRANSLATED, placeholder=" ...")
            what = f"{error}: {message}" if message else error
            if not lines:
                what = _("{error} (while the check worked with what came back)").format(error=what)
            likely = [("likely", meaning)] if meaning else []
            return [("raised", what), *position_of(lines), *likely]
        case Unloadable(file, reason, lines):
            said = _("{file} does not load, so none of its checks can run: {reason}")
            said = said.format(file=shown_file(file), reason=reason)
            return [("file", said), *position_of(lines), *_missing(reason)]
        case CellStopped(name, cell, reason) if reason.startswith("is "):  # it did not run at all
            said = _("there is no `{name}`: {cell} {reason}").format(
                name=name, cell=shown_file(cell), reason=again(reason, NOT_RUN)
            )
            return [("missing", said)]
        case CellStopped(name, cell, reason, lines):
            said = _("there is no `{name}`, since {cell} stopped: {reason}").format(
                name=name, cell=shown_file(cell), reason=reason
            )
            return [("missing", said), *position_of(lines)]
        case Missing(name, owner) if owner:
            said = _("the attribute `{name}` of a {owner} was never set")
            return [("missing", said.format(name=name, owner=owner))]
        case Missing(name):
            said = _("your module has no `{name}`; the name is fixed")
            return [("missing", said.format(name=name))]
        case WrongSignature(message):
            due = _("the names and the order of the stub's parameters")
            said = _("it cannot be called that way: {message}").format(message=message)
            return [("raised", said), ("expected", due)]
        case NotWritten(name):
            return [("to do", _("{name} is not written yet").format(name=name))]
        case TooSlow():
            return _too_slow(outcome)
        case Crashed(reason):
            said = _("nothing: the process that ran your code is gone ({reason})")
            return [("returned", said.format(reason=reason))]
        case Skipped(needs):
            return [("waits", _("for {needs}").format(needs=needs))]
        case NotInstalled(package):
            do = _('{command}; with -m "not keras" all the rest runs without it')
            needs = _("the package `{package}`, which is not installed here")
            return [
                ("needs", needs.format(package=package)),
                ("do", do.format(command=to_install())),
            ]
        case Fault(reason):
            do = _("nothing to mend on your side; please show this to whoever gave you the kit")
            said = _("the kit failed here, not your code: {reason}").format(reason=reason)
            return [("our fault", said), ("do", do)]
    raise TypeError(f"no words for {type(outcome).__name__}")


def on_the_reference(parts: Sequence[str]) -> str:
    """Which parts of the reference a check was judged on."""
    return _("on the reference's {parts}").format(parts=listed([f"`{part}`" for part in parts]))


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    *others, last = names
    if not others:
        return last
    return _("{names} and {last}").format(names=", ".join(others), last=last)


def shown_file(file: str) -> str:
    """A file, or a cell of a notebook, as a student reads it."""
    return again(file, CELLS)


def _accuracy(reached: Accuracy) -> str:
    bar = f"{reached.bar:.3f}"
    if reached.graded is not None:
        said = _("{bar} here and {graded} in grading")
        bar = said.format(bar=bar, graded=f"{reached.graded:.3f}")
    return _(
        "{share} of {n} unseen digits are right; the bar is {bar}; "
        "the reference reaches {mean} +/- {spread} over {seeds} seeds"
    ).format(
        share=f"{reached.share:.3f}",
        n=counted(reached.n),
        bar=bar,
        mean=f"{reached.mean:.3f}",
        spread=f"{reached.spread:.3f}",
        seeds=reached.seeds,
    )


def _margin(best: Accuracy) -> Rows:
    """Why more is asked here than in grading."""
    if best.graded is None or best.once_in is None:
        return []
    said = _(
        "Grading asks for {graded}, but trains anew with other digits. What reaches {bar} here "
        "fails there less than once in {once_in}."
    ).format(graded=f"{best.graded:.3f}", bar=f"{best.bar:.3f}", once_in=counted(best.once_in))
    close = _("Nearly there!") + " " if best.share >= best.graded else ""
    return [("why", close + said)]


def _missing(error: str) -> Rows:
    """What to do about a missing package that the student's own code imports."""
    named = NO_MODULE.match(error)
    if named is None:
        return []
    said = _(
        "your code imports `{package}`, which is no package that is installed here: install it, "
        "or do without it"
    )
    return [("do", said.format(package=named[1]))]


def _too_slow(outcome: TooSlow) -> Rows:
    rows: Rows = [
        ("returned", _("nothing within {limit} seconds").format(limit=f"{outcome.limit:g}")),
        *position_of(outcome.lines),
    ]
    if outcome.repeats:
        rows.append(("likely", _("A loop that does not end: watched, nothing in it changed.")))
    elif outcome.times > 1:
        said = _(
            "Too slow: at this pace it takes about {times} times the time allowed. Loops in "
            "loops, over pixels or samples?"
        )
        rows.append(("likely", said.format(times=f"{outcome.times:.2g}")))
    else:
        rows.append(("likely", _("A loop that never ends, or very many slow steps.")))
    return rows


def position_of(lines: Sequence[Line]) -> Rows:
    """The innermost of the student's lines in one row, and where the others are that led there."""
    if not lines:
        return []
    *outer, line = lines
    said = f"{shown_file(line.file)}, {_position(line)}"
    if outer:
        steps = [_position(it, it.file if it.file != line.file else "") for it in outer]
        said += _(", called from {steps}").format(steps="; ".join(reversed(steps)))
    return [("where", f"{said}\n{line.text}")]


def _position(line: Line, file: str = "") -> str:
    inside = line.function if line.function not in ("", "<module>") else ""
    if file:
        said = _("line {n}, in {function} of {file}") if inside else _("line {n} of {file}")
    else:
        said = _("line {n}, in {function}") if inside else _("line {n}")
    return said.format(n=line.number, function=inside, file=shown_file(file))


def to_install() -> str:
    """The command that installs what a Keras check needs, if possible the wheel without GPU."""
    small = sys.platform == "linux" and platform.machine() == "x86_64"
    return f"pip install keras {'tensorflow-cpu' if small else 'tensorflow'}"
