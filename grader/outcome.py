"""The outcomes of a check, as types. Each is plain data; grader.report puts it into words."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grader.language import _

Array = NDArray[np.generic]
MAX_LINES = 4  # lines of the student's code that an outcome shows
AFTER_THE_CALL = " after the call"  # ends the names of values that a call must not change
MET_AGAIN = "MeetsEndlessLoop"  # raised by a call of a function whose loop did not end before
SHAPE_OF = "shape of "  # begins the names of values that are shapes


@dataclass(frozen=True)
class Outcome:
    """Base of all outcomes."""


@dataclass(frozen=True)
class Passed(Outcome):
    """What came back is what was expected.

    reached: for an accuracy bar, how far above.
    on: the parts that ran in the reference's version, since the student's are wrong.
    """

    reached: "Accuracy | None" = None
    on: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Accuracy:
    """Share of `n` unseen images classified right, the bar, and the evidence behind the bar.

    graded: grading's bar, if the self-check asks for more. It is so much lower that a network which
        reaches `bar` at home misses `graded` in at most one of `once_in` gradings.
    """

    share: float
    n: int
    bar: float
    mean: float
    spread: float
    seeds: int
    graded: float | None = None
    once_in: int | None = None


@dataclass(frozen=True)
class Confusion:
    """The confusion matrix of a model, and some images that it classified wrong.

    confusion  counts: a row for each class, a column for each answer; if some answers are no class
               at all, a last column counts them.
    images     (m, h, w) uint8.
    truth      the class of each image.
    taken_for  the column that each image is counted in.
    names      of the classes.
    """

    confusion: Array
    images: Array
    truth: tuple[int, ...]
    taken_for: tuple[int, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class BelowBar(Outcome):
    """The trained model classified fewer digits right than the bar asks for."""

    best: Accuracy
    tries: int
    confusion: Confusion | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class LargeArray:
    """An array too large to be shown: its shape, and its worst entry as an array without axes."""

    shape: tuple[int, ...]
    worst: Array


@dataclass(frozen=True)
class WrongValue(Outcome):
    """Shape and type are right, some entries are not. `right` names the arrays that are right."""

    name: str
    returned: Array | LargeArray = field(repr=False)
    expected: Array | LargeArray = field(repr=False)
    worst: tuple[int, ...]
    n_wrong: int
    right: tuple[str, ...] = ()


@dataclass(frozen=True)
class WrongShape(Outcome):
    name: str
    returned: tuple[int, ...]
    expected: tuple[int, ...]


@dataclass(frozen=True)
class WrongType(Outcome):
    """`returned` and `expected` are words: "None", "integers (int64)", "real numbers"."""

    name: str
    returned: str
    expected: str


@dataclass(frozen=True)
class NotFinite(Outcome):
    """Some entries are nan or infinite; `index` is that of the first."""

    name: str
    index: tuple[int, ...]
    value: float
    n_bad: int


@dataclass(frozen=True)
class Withheld(Outcome):
    """A wrong value that must not be shown; `expected` is in words.

    instead_of: the kind of the outcome that this one replaces: "wrong value".
    """

    name: str
    expected: str
    instead_of: str


@dataclass(frozen=True)
class Line:
    """A line of the student's own source."""

    file: str
    number: int
    function: str
    text: str


@dataclass(frozen=True)
class Slow:
    """A statement outside any function that took long.

    digest   of its text, the same wherever the statement stands.
    line     its first line.
    seconds  of processor time.
    stopped  whether it was stopped before its end.
    """

    digest: str
    line: Line
    seconds: float
    stopped: bool = False

    @property
    def position(self) -> str:
        said = _("line {n} of {file}")
        return said.format(n=self.line.number, file=self.line.file)


@dataclass(frozen=True)
class Raised(Outcome):
    """The student's code raised; `lines` are the student's own, outermost first.

    found: what variables of the innermost line held: "x has the shape (8, 5)"; may be empty.
    """

    error: str
    message: str
    lines: tuple[Line, ...] = ()
    found: str = ""


@dataclass(frozen=True)
class Unloadable(Outcome):
    """The file itself cannot be run, so no check of it can."""

    file: str
    reason: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class CellStopped(Outcome):
    """A cell of a notebook raised, so that `name`, which it would have defined, is not there."""

    name: str
    cell: str
    reason: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Missing(Outcome):
    """A function, class, method or attribute that the contract names is not there.

    never_set_on: the class of the object, if it lacks an attribute that no code has set.
    """

    name: str
    never_set_on: str = ""


@dataclass(frozen=True)
class WrongSignature(Outcome):
    """A function cannot be called as the contract says; `message` is Python's own."""

    message: str


@dataclass(frozen=True)
class NotWritten(Outcome):
    """A stub that still raises NotImplementedError: work to do, not a mistake."""

    name: str


@dataclass(frozen=True)
class TooSlow(Outcome):
    """The code did not answer in time.

    certain  the limit of processor time ended it, and not the backstop of wall time.
    lines    the student's lines that ran shortly before the end, outermost first.
    times    how many times the limit the outermost loop needs at the pace measured; 0: not known.
    repeats  whether a `while` went round without a change in the values that its condition reads.
    loop     the first line of the loop that ran from half of the limit on.
    """

    limit: float
    certain: bool = field(default=True, compare=False)
    lines: tuple[Line, ...] = field(default=(), compare=False)
    times: float = field(default=0.0, compare=False)
    repeats: bool = field(default=False, compare=False)
    loop: Line | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Crashed(Outcome):
    """The process that ran the student's code ended: os._exit, a crash, out of memory.

    certain: the process ended by itself. A kill signal may come from the kernel's out-of-memory
        killer.
    """

    reason: str
    certain: bool = field(default=True, compare=False)


@dataclass(frozen=True)
class Skipped(Outcome):
    """The check did not run, since `needs` names a part or a check that is not right."""

    needs: str


@dataclass(frozen=True)
class NotInstalled(Outcome):
    """The check needs a package that this machine lacks: not the student's mistake."""

    package: str


@dataclass(frozen=True)
class Fault(Outcome):
    """The kit itself failed. It is never the student's doing, and the message says so."""

    reason: str


def same_exception(one: Outcome, other: Outcome) -> bool:
    """Whether both are the same exception, raised at the same line of the student's code."""
    if not (isinstance(one, Raised) and isinstance(other, Raised)) or not other.lines:
        return False
    same_text = (one.error, one.message) == (other.error, other.message)
    return same_text and one.lines[-1:] == other.lines[-1:]


def kind(outcome: Outcome) -> str:
    """The outcome's name as results and reports spell it: "wrong value", "too slow"."""
    if isinstance(outcome, Withheld):
        return outcome.instead_of
    name = type(outcome).__name__
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
