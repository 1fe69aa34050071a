"""A student's sources on a runner: they load once, under a limit of their own; then checks run.

A student may run code outside any function, such as a training at the end of a file. No check pays
for it: statements that took long are left out when the sources load again for a check. A check that
does not pass that way runs again with all statements, and only the second run counts.
"""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grader.check import Check, Inputs
from grader.language import _
from grader.outcome import (
    MET_AGAIN,
    CellStopped,
    Crashed,
    Line,
    Outcome,
    Raised,
    Skipped,
    Slow,
    TooSlow,
    Unloadable,
)
from grader.probe import Answer, Job, Loaded, Run, Runner, Substituted, Tried, Variant
from grader.run_check import run_check
from grader.source import Source, read_again

LOAD_LIMIT = 60.0  # seconds of processor time for all statements outside functions
LOAD_GRACE = 5.0  # seconds for the rest of loading: definitions, imports
MOST_LOADING = 10.0  # seconds for loading again, without slow statements
TRYING = 5.0  # seconds for a job of variants, on top of the check's limit
CONFIRM_LIMIT = 60.0  # seconds that a brick may spend on runs with slow statements


class SlowStatements:
    """Slow statements in the files of one student, whose bricks import each other.

    needed: whether functions depend on them; then they are no longer left out.
    """

    def __init__(self) -> None:
        self.known: dict[str, Slow] = {}
        self.reported: set[str] = set()  # digests
        self.endless: dict[Line, str] = {}  # loops that did not end, each with its file's text
        self.needed = False

    def add(self, found: Sequence[Slow]) -> None:
        self.known.update({slow.digest: slow for slow in found if slow.digest not in self.known})

    def left_out(self, in_full: bool = False) -> frozenset[str]:
        """Digests of the statements that do not run; `in_full`: only those that do not end."""
        return frozenset(
            digest
            for digest, slow in self.known.items()
            if slow.stopped or not (in_full or self.needed)
        )

    def met_endless(self, found: TooSlow, sources: Sequence[Source]) -> None:
        """Remembers the loop that a check was stopped in, while its file stays as it is."""
        if found.certain and found.loop is not None and found.times <= 1:
            for source in sources:
                if lines := source.texts.get(found.loop.file):
                    self.endless[found.loop] = "".join(lines)

    def endless_in(self, sources: Sequence[Source]) -> tuple[Line, ...]:
        """The loops in these sources that did not end."""
        if not self.endless:
            return ()
        texts = {file: "".join(lines) for it in sources for file, lines in it.texts.items()}
        return tuple(loop for loop, text in self.endless.items() if texts.get(loop.file) == text)

    def seconds(self, digests: frozenset[str]) -> float:
        """Seconds that all statements but these take."""
        return sum(it.seconds for it in self.known.values() if it.digest not in digests)


def at_most(found: Sequence[Slow], cpu: float) -> list[Slow]:
    """The statements, whose seconds together are no more than the processor time of their process.

    The process itself measures the statements and could lie: a check gets their seconds on top of
    its limit if they run again.

    cpu: seconds of processor time of the process; 0 if they were not counted.
    """
    told = sum(slow.seconds for slow in found)
    share = cpu / told if 0 < cpu < told else 1.0
    return [replace(slow, seconds=slow.seconds * share) for slow in found]


class StudentCode:
    """One brick of a student.

    sources: modules that the brick may import, then the brick; or why there are none.
    at_home: whether this is a self-check, where a loop that does not end costs one time limit.
    """

    def __init__(
        self,
        runner: Runner,
        checks_file: Path,
        sources: Sequence[Source] | Unloadable,
        statements: SlowStatements | None = None,
        at_home: bool = False,
    ):
        self.runner = runner
        self.checks_file = checks_file
        self.sources = () if isinstance(sources, Unloadable) else tuple(sources)
        self.at_home = at_home
        self.cpu = 0.0  # seconds of all its runs
        self._statements = statements or SlowStatements()
        self._load = Run(sources) if isinstance(sources, Unloadable) else None
        self._loading = 0.0
        self._to_confirm = CONFIRM_LIMIT
        self._in_full = False
        self._substituted: Substituted | None = None

    @property
    def slow(self) -> list[Slow]:
        """The slow statements in the brick's own file, with lines that are read from it."""
        if not self.sources:
            return []
        return [
            replace(slow, line=line)
            for slow in self._statements.known.values()
            for line in read_again([slow.line], self.sources[-1])
        ]

    def newly_slow(self) -> list[Slow]:
        """The slow statements that no earlier call returned, for this brick or another."""
        new = [slow for slow in self.slow if slow.digest not in self._statements.reported]
        self._statements.reported |= {slow.digest for slow in new}
        return new

    def load(self) -> Run:
        """Loads the sources once; later calls return the same run."""
        if self._load is None:
            run = self._load_once(self._statements.left_out())
            if isinstance(run.answer, Outcome) and self._statements.left_out():
                run = self._load_once(self._statements.left_out(in_full=True))
            self._load = run
        return self._load

    def _load_once(self, left_out: frozenset[str]) -> Run:
        job = Job(
            None, self.checks_file, self.sources, {}, LOAD_GRACE, LOAD_LIMIT, left_out=left_out
        )
        run = self._run(job)
        if isinstance(run.answer, Loaded):
            found = at_most(run.answer.slow, run.cpu)
            self._statements.add(found)
            rest = run.cpu - sum(slow.seconds for slow in found)
            self._loading = min(MOST_LOADING, 1.0 + 2 * max(0.0, rest))
        if isinstance(run.answer, TooSlow):
            reason = _(
                "it does not load within {limit} s: does a loop outside any function never end?"
            ).format(limit=f"{LOAD_LIMIT:g}")
            return replace(run, answer=Unloadable(self.sources[-1].file, reason))
        return run

    def run(self, check: Check, drawn: Inputs, sources: Sequence[Source] | None = None) -> Run:
        """Runs the check, with other `sources` where they are given."""
        left_out = self._statements.left_out(self._in_full)
        job = Job(
            check,
            self.checks_file,
            self.sources if sources is None else tuple(sources),
            limit=check.limit,
            loading=self._loading + 2 * self._statements.seconds(left_out),
            left_out=left_out,
            substituted=self._substituted,
            endless=self._statements.endless_in(self.sources) if self.at_home else (),
        )
        run = run_check(job, drawn, self._run)
        if skipped := skipped_by(run.answer, job.endless):
            return replace(run, answer=skipped)
        if isinstance(run.answer, TooSlow):
            self._statements.met_endless(run.answer, self.sources)
        if isinstance(run.answer, Loaded | Tried):  # it is no answer to a check
            return replace(run, answer=Crashed(_("it sent no readable answer: it is empty")))
        return run

    def try_variants(
        self, check: Check, shown: Inputs, variants: Sequence[Variant], seconds: float
    ) -> Tried | None:
        """What variants of the last source return for a run's inputs; None if the job failed.

        seconds: of processor time for all of them; those that have none left return nothing.
        """
        left_out = self._statements.left_out()
        loading = self._loading + TRYING
        limit = min(check.limit, seconds)
        job = Job(check, self.checks_file, self.sources, shown, limit, loading, left_out)
        answer = self._run(replace(job, variants=tuple(variants))).answer
        return answer if isinstance(answer, Tried) else None

    def _run(self, job: Job) -> Run:
        run = self.runner.run(job)
        self.cpu += run.cpu
        if all(source.own for source in job.sources):
            return run
        from grader.first_line import in_first_lines  # a student's kit has no such module

        return replace(run, answer=in_first_lines(run.answer, job.sources[-1]))

    def with_checks_of(self, file: Path) -> "StudentCode":
        """The same code for the probes of another file, without loading it again."""
        self.load()
        other = copy.copy(self)
        other.checks_file = file
        return other

    def may_depend_on_slow(self, outcome: Outcome) -> bool:
        """Whether the outcome could be another if the slow statements ran as well."""
        if self._statements.left_out() == self._statements.left_out(in_full=True):
            return False
        return isinstance(outcome, CellStopped) or self._to_confirm > 0

    @contextmanager
    def in_full(self) -> Iterator[None]:
        """While the block lasts, slow statements run as well."""
        before, self._in_full = self.cpu, True
        try:
            yield
        finally:
            self._in_full = False
            self._to_confirm -= self.cpu - before

    @contextmanager
    def with_functions(self, substituted: Substituted | None) -> Iterator[None]:
        """While the block lasts, checks run with these in place of the student's."""
        self._substituted = substituted
        try:
            yield
        finally:
            self._substituted = None

    def needs_slow(self) -> None:
        """From now on slow statements run for each check: functions depend on them."""
        self._statements.needed = True


def skipped_by(answer: Answer, loops: Sequence[Line]) -> Skipped | None:
    """The outcome Skipped, if the answer says that the check called a function with such a loop."""
    if not isinstance(answer, Raised) or answer.error != MET_AGAIN:
        return None
    met = [loop for loop in loops if loop in answer.lines]
    if not met:
        return None
    said = _("line {n} of {file}, a loop that did not end")
    return Skipped(said.format(n=met[0].number, file=met[0].file))
