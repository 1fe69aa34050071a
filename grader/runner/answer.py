"""Does a job in this process: gives what the probe returns, or what went wrong."""

import math
import opcode
import re
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import FrameType, ModuleType

import numpy as np

from grader.check import Check, UnexpectedReturn, Unfit
from grader.errors import FLOAT_FOR_INTEGER, meaning, without_noise
from grader.language import _
from grader.note import NOTE, from_text
from grader.outcome import (
    MAX_LINES,
    Array,
    CellStopped,
    Line,
    Missing,
    NotWritten,
    Outcome,
    Raised,
    Slow,
    Unloadable,
    WrongSignature,
    WrongType,
)
from grader.printable import one_line, printable
from grader.probe import Answer, Job, Loaded, NoArray, Returned
from grader.runner.arrays import as_array, class_of, describe
from grader.runner.endless import Trap
from grader.runner.loading import NotDefined, NotRun, loaded, why_missing
from grader.runner.operands import (
    calls_a_method,
    did_you_mean,
    operands,
    setters,
    without_return,
)
from grader.runner.statements import Loading, Stopped
from grader.runner.trying import try_variants
from grader.source import Source
from grader.warned import hearing_warnings

RAISE = opcode.opmap["RAISE_VARARGS"]
MAX_FOUND = 115  # characters
CANNOT_CALL = re.compile(r"\w+\(\) (takes|got|missing)|object is not callable")


def answer(
    job: Job, propagate: bool = False, stuck: Callable[[Answer], None] | None = None
) -> Answer:
    """Loads the job's sources and runs its probe on the last of them, in this process.

    propagate  whether exceptions of the student's code, and Ctrl-C, are raised, for a debugger;
               then no statement is stopped.
    stuck      called, from another thread, with the answer if a statement outside any function
               neither ends nor can be stopped.
    """
    if job.check is not None and not job.sources:
        return _cleaned(job.check, job)
    loading = Loading(
        job.left_out,
        _budget(job, propagate),
        lambda slow: stuck(_endless(slow)) if stuck else None,
    )
    with ExitStack() as stack:
        try:
            module = stack.enter_context(loaded(job.sources, loading))
        except BaseException as error:
            if propagate and isinstance(error, Exception | KeyboardInterrupt):
                raise
            return unloadable(error, job.sources)
        if job.check is None:
            return Loaded(tuple(loading.slow))
        trap = None
        try:
            if job.substituted:
                from grader.runner.substituting import substitute  # a student's kit lacks it

                substitute(module, job.substituted)
            if job.variants:
                return try_variants(job)
            trap = Trap(job.endless, job.sources) if job.endless else None
            with hearing_warnings(_own_files(job.sources)) as heard:
                returned = job.check.probe(module, **job.inputs)
                values = {name: as_array(value) for name, value in returned.items()}
            if trap and (met := trap.answer()):
                return met
            if heard and not all(map(_is_finite, values.values())):
                values.setdefault(NOTE, from_text(heard[0]))
            return Returned(values)
        except BaseException as error:
            if trap and (met := trap.answer()):
                return met
            if propagate and isinstance(error, Exception | KeyboardInterrupt):
                raise
            return outcome_of(error, job.sources)


def _cleaned(check: Check, job: Job) -> Answer:
    assert check.clean is not None
    try:
        values = check.clean(job.returned, job.inputs)
        return Returned({name: as_array(value) for name, value in values.items()})
    except Unfit as error:
        return WrongType(
            *(printable(text) for text in (error.name, error.returned, error.expected))
        )
    except Exception as error:  # values that a student's code returned may break it
        return Raised(type(error).__name__, text_of(error))


def _budget(job: Job, propagate: bool) -> float:
    """Seconds for all statements: only jobs that load measure them, and those of checks do not."""
    if job.check is not None:
        return 0.0
    return math.inf if propagate else job.loading


def _endless(slow: Slow) -> Unloadable:
    said = _("line {n}, outside any function, does not end")
    reason = said.format(n=slow.line.number)
    return Unloadable(slow.line.file, reason, (slow.line,))


def _is_finite(value: Array | NoArray) -> bool:
    return isinstance(value, NoArray) or bool(np.isfinite(value).all())


def outcome_of(error: BaseException, sources: Sequence[Source]) -> Outcome:
    """The outcome for an exception that was raised during a probe."""
    if missing := why_missing(error):
        reason, lines = _in_words(missing.cell.error, sources)
        return CellStopped(missing.missing, missing.cell.position, reason, lines)
    lines = own_lines(error, sources)
    message = text_of(error)
    if isinstance(error, UnexpectedReturn):
        expected = _("a tuple of {n}: ({names})").format(n=len(error.names), names=message)
        return WrongType(message, describe(error.returned), expected)
    if isinstance(error, NotImplementedError) and _raised_in_own_line(error, sources):
        return NotWritten(message or (lines[-1].function if lines else _("this part")))
    if isinstance(error, SyntaxError | ModuleNotFoundError):
        return unloadable(error, sources)
    in_probe = not lines  # raised by the calling line itself, before or after the student's code
    if in_probe and isinstance(error, AttributeError):
        owner = error.obj if isinstance(error.obj, ModuleType | type) else type(error.obj)
        if isinstance(owner, ModuleType):
            return Missing(str(error.name))
        if owner.__module__ in {source.brick for source in sources}:
            frame, at = _last_step(error)
            if isinstance(error.obj, type) or calls_a_method(frame.f_code, at):
                return Missing(f"{owner.__name__}.{error.name}")
            return Missing(str(error.name), never_set_on=owner.__name__)
    if in_probe and isinstance(error, TypeError) and CANNOT_CALL.search(message):
        return WrongSignature(message)
    return Raised(class_of(error), _with_suggestion(error, message), lines, _found(error, sources))


def _raised_in_own_line(error: BaseException, sources: Sequence[Source]) -> bool:
    """Whether a `raise` in the student's own code raised it, as in a stub, and not a library."""
    if error.__traceback__ is None:
        return False
    frame, at = _last_step(error)
    own = frame.f_code.co_filename in _own_files(sources)
    return own and frame.f_code.co_code[at] == RAISE


def _last_step(error: BaseException) -> tuple[FrameType, int]:
    """The frame that raised, and which of its instructions did."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    assert last is not None
    return last.tb_frame, last.tb_lasti


def _with_suggestion(error: BaseException, message: str) -> str:
    """The text with Python's own "Did you mean", which only a printed traceback has."""
    try:
        suggested = did_you_mean(error, _last_step(error)[0]) if error.__traceback__ else ""
    except BaseException:  # the student's own classes may raise anything
        suggested = ""
    return one_line(f"{message.removesuffix('.')}. {suggested}") if suggested else message


def _found(error: BaseException, sources: Sequence[Source]) -> str:
    """The values in the student's innermost line that help to understand the error, in words."""
    files = _own_files(sources)
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    own = [i for i, frame in enumerate(frames) if frame.f_code.co_filename in files]
    if not own:
        return ""
    frame, line = frames[own[-1]], traceback.extract_tb(error.__traceback__)[own[-1]]
    try:
        bricks = {source.brick for source in sources}
        if isinstance(error, AttributeError) and type(error.obj).__module__ in bricks:
            return _never_set(type(error.obj), str(error.name))
        message = text_of(error)
        if "NoneType" in message and (name := without_return(frame, line)):
            return one_line(_("`{name}` returns nothing").format(name=name))
        if not meaning(message):
            return ""
        floats = re.search(FLOAT_FOR_INTEGER, message) is not None
        return one_line(", ".join(operands(frame, line, floats)), MAX_FOUND)
    except BaseException:  # the student's own classes may raise anything
        return ""


def _never_set(cls: type, name: str) -> str:
    owner = one_line(cls.__name__)
    if found := setters(cls, name):
        said = _(
            "`{name}` was never set on this {owner}: only {methods} of {owner} sets one of that "
            "name."
        )
    else:
        said = _("`{name}` was never set on this {owner}: no method of {owner} sets `{name}`.")
    methods = _(" and ").join(f"`{it}`" for it in found)
    return one_line(said.format(name=name, owner=owner, methods=methods), MAX_FOUND)


def unloadable(error: BaseException, sources: Sequence[Source]) -> Unloadable:
    """The outcome where running the file itself raised."""
    file = sources[-1].file
    if isinstance(error, NotDefined):
        reason, lines = _in_words(error.cell.error, sources)
        if isinstance(error.cell.error, NotRun):
            reason = f"{error.cell.position} {reason}"
        return Unloadable(file, reason, lines)
    reason, lines = _in_words(error, sources)
    if isinstance(error, SyntaxError):
        file = str(error.filename or file)
    elif lines:
        file = lines[-1].file
    return Unloadable(file, reason, lines)


def _in_words(error: BaseException, sources: Sequence[Source]) -> tuple[str, tuple[Line, ...]]:
    """An exception of code that ran as it was loaded, in words, and the student's lines."""
    lines, message = own_lines(error, sources), text_of(error)
    if isinstance(error, SyntaxError):
        message = one_line(str(error.msg))
        if error.lineno:
            file, text = str(error.filename), (error.text or "").strip()
            lines = (Line(file, error.lineno, "", text),)
    if isinstance(error, Stopped | NotRun):
        return message, lines
    return f"{class_of(error)}: {message}" if message else class_of(error), lines


def own_lines(error: BaseException, sources: Sequence[Source]) -> tuple[Line, ...]:
    """The student's lines that the exception passed through, outermost first."""
    files = _own_files(sources)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
    if len(frames) > MAX_LINES:  # recursion: its start and its end are enough
        frames = frames[:1] + frames[1 - MAX_LINES :]
    return tuple(Line(f.filename, f.lineno or 0, f.name, (f.line or "")[:120]) for f in frames)


def _own_files(sources: Sequence[Source]) -> set[str]:
    return {file for source in sources if source.own for file in source.texts}


def text_of(error: BaseException) -> str:
    """The exception's text as a short line; its own __str__ may raise anything."""
    try:
        return one_line(without_noise(str(error)))
    except BaseException:
        return _("(no text)")
