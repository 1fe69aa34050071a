"""Runs a probe on many variants of one source, in one process.

Each statement outside functions is compiled once; a variant compiles only those that it changes.
"""

import ast
import contextlib
import copy
import io
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

from grader.check import Probe
from grader.outcome import Line, Slow
from grader.probe import Change, Job, Returned, Tried, Variant
from grader.runner.arrays import as_array
from grader.runner.statements import FUTURES, StatementTimer, digest_of
from grader.source import Source, first_line

LIMIT = 0.3  # seconds of processor time for a variant at most: loading it, and its probe
# A variant gets LEAST seconds, and TIMES the time of the unchanged code: most variants that take
# longer never end.
LEAST, TIMES = 0.1, 5


def try_variants(job: Job) -> Tried:
    """What each variant of the job's last source returned. The other sources are loaded.

    The job's limit is for all of them together: a variant that has no time left returns nothing.
    """
    assert job.check is not None
    parts = Parts(job.sources[-1], job.left_out)
    timer, probe = StatementTimer(None), job.check.probe
    began = time.thread_time()

    def tried(variant: Variant, most: float) -> Returned | None:
        limit = min(most, job.limit - (time.thread_time() - began))
        return _tried(probe, parts, variant, job.inputs, timer, limit) if limit > 0 else None

    each = LIMIT
    if len(job.variants) > 1:  # one alone has mended something before: it ends
        tried((), LIMIT)
        each = min(LIMIT, LEAST + TIMES * (time.thread_time() - began))
    return Tried(tuple(tried(variant, each) for variant in job.variants))


def _tried(
    probe: Probe,
    parts: "Parts",
    variant: Variant,
    inputs: Mapping[str, Any],
    timer: StatementTimer,
    limit: float,
) -> Returned | None:
    def run() -> Returned:
        returned = probe(parts.module(variant), **copy.deepcopy(dict(inputs)))
        values = {name: as_array(value) for name, value in returned.items()}
        return Returned(values)

    try:
        with contextlib.redirect_stdout(_Nothing()), _limited(timer, limit):
            came = run()
    except BaseException:  # most variants raise, and a few would end the process
        return None
    return came if came.arrays.keys() == came.values.keys() else None


class _Nothing(io.TextIOBase):
    """Forgets what is printed."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _limited(timer: StatementTimer, limit: float) -> Iterator[None]:
    before = timer.begin(limit, lambda: Slow("", Line("", 0, "", ""), limit, True))
    try:
        yield
    finally:
        timer.resume(before)


@dataclass(frozen=True)
class Part:
    """A statement outside functions: the file or cell and its lines there, and its code."""

    file: str
    first: int
    last: int
    flags: int
    code: CodeType


class Parts:
    """A source's statements, compiled; `module` runs them with one of them changed."""

    def __init__(self, source: Source, left_out: frozenset[str]):
        self.source = source
        self.texts = source.texts
        self.parts = list(self._compiled(left_out))

    def _compiled(self, left_out: frozenset[str]) -> Iterator[Part]:
        flags = 0
        for file, lines in self.texts.items():
            with contextlib.suppress(SyntaxError, ValueError):  # a cell that is not Python
                for node in ast.parse("".join(lines), file).body:
                    if digest_of(node) in left_out:
                        continue
                    code = _code(ast.Module([node], []), file, flags)
                    flags |= code.co_flags & FUTURES
                    yield Part(file, first_line(node), node.end_lineno or 0, flags, code)

    def module(self, variant: Variant) -> ModuleType:
        """The source as a module, with the variant's changes. Raises what it raises."""
        module = ModuleType(self.source.brick)
        module.__file__ = self.source.file
        sys.modules[self.source.brick] = module
        for part in self.parts:
            within = [change for change in variant if _within(change, part)]
            self._run(self._changed(part, within) if within else part.code, module)
        return module

    def _run(self, code: CodeType, module: ModuleType) -> None:
        try:
            exec(code, module.__dict__)
        except Exception:
            if not self.source.in_cells:  # in a notebook the next cells run all the same
                raise

    def _changed(self, part: Part, changes: Sequence[Change]) -> CodeType:
        lines = self.texts[part.file]
        text, done = "", part.first - 1
        for change in sorted(changes, key=lambda it: it.first):
            text += "".join([*lines[done : change.first - 1], change.text, "\n"])
            done = change.last
        text += "".join(lines[done : part.last])
        return _code(ast.parse(text, part.file), part.file, part.flags)


def _within(change: Change, part: Part) -> bool:
    return change.file == part.file and part.first <= change.first and change.last <= part.last


def _code(tree: ast.Module, file: str, flags: int) -> CodeType:
    code: CodeType = compile(tree, file, "exec", flags, dont_inherit=True)
    return code
