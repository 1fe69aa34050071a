"""A job is a probe and the sources to run it on; a runner runs it; a run is its result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from grader.check import ASIDE, Check
from grader.outcome import Array, Line, Outcome, Slow
from grader.source import Source


@dataclass(frozen=True)
class NoArray:
    """A value that is no array of real numbers, in words: "None", "a dict"."""

    what: str


@dataclass(frozen=True)
class Returned:
    """What came back, by name; the arrays are copies that the student's code cannot change."""

    values: Mapping[str, Array | NoArray]

    @property
    def arrays(self) -> dict[str, Array]:
        """Those that are arrays."""
        return {k: v for k, v in self.values.items() if not isinstance(v, NoArray)}

    @property
    def judged(self) -> dict[str, Array | NoArray]:
        """All but those that only explain a failure."""
        return {k: v for k, v in self.values.items() if not k.startswith(ASIDE)}


@dataclass(frozen=True)
class Loaded:
    """The sources load. `slow` are the statements outside any function that took long."""

    slow: tuple[Slow, ...] = ()


@dataclass(frozen=True)
class Change:
    """Lines of the last source, and the text that replaces them.

    file, first, last: the file or cell and its lines, from 1, as messages name them.
    """

    file: str
    first: int
    last: int
    text: str


Variant = tuple[Change, ...]  # of places that do not overlap


@dataclass(frozen=True)
class Tried:
    """What each variant returned; None for one that raised, printed too much or took too long."""

    values: tuple[Returned | None, ...]


Answer = Returned | Loaded | Tried | Outcome


@dataclass(frozen=True)
class Substituted:
    """Functions of the reference, to run in place of the student's.

    code      their text with the helpers that they call, and nothing else of the reference.
    replaced  qualified names of the functions whose results count: "softmax", "Dense.backward".
    alone     the replaced functions whose student's version does not run at all, since it ended the
              process or did not end.
    followed  methods whose results stay the student's. The reference's version runs after each, and
              stores in the object the attributes that a replaced method reads.
    called    names in the student's module that these functions use.
    shared    attributes that the student's and the reference's functions have in common.
    paired    whether an attribute that the student's method stored gets the reference's value, if
              both stored exactly one value of that shape.
    """

    code: bytes
    replaced: tuple[str, ...]
    alone: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    paired: bool = False


@dataclass(frozen=True)
class Job:
    """All that a runner needs.

    check        whose probe is run; without one, the sources are only loaded.
    variants     changes of the last source: the probe runs on each of these in its place.
    returned     what the probe returned; such a job has no sources, and runs the check's `clean`.
    checks_file  the file that declares the check.
    sources      modules that the last one may import, then the last one, which the probe is given.
    inputs       those that the probe names.
    limit        seconds of processor time for the probe.
    loading      seconds of processor time for loading, on top of the limit; 0: the limit is for
                 both.
    left_out     digests of statements (grader.runner.statements) that do not run.
    substituted  functions of the reference, in place of the student's.
    endless      loops that did not end in an earlier check: what calls their functions is ended.
    """

    check: Check | None
    checks_file: Path
    sources: tuple[Source, ...]
    inputs: Mapping[str, Any] = field(default_factory=dict)
    limit: float = 10.0
    loading: float = 0.0
    left_out: frozenset[str] = frozenset()
    variants: tuple[Variant, ...] = ()
    returned: Mapping[str, Array] = field(default_factory=dict)
    substituted: Substituted | None = None
    endless: tuple[Line, ...] = ()

    @property
    def allowed(self) -> float:
        """Seconds of processor time for loading and probe together."""
        return self.limit + self.loading


@dataclass(frozen=True)
class Run:
    """The result of a job: the answer, what was printed, how long it took.

    seconds  of wall time.
    cpu      of processor time; 0 where it was not counted.
    """

    answer: Answer
    printed: str = ""
    seconds: float = 0.0
    cpu: float = 0.0


class Runner(Protocol):
    def run(self, job: Job) -> Run:
        """Runs the job and returns its result; judges nothing."""
        ...
