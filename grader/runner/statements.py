"""Runs the statements that stand outside any function, one after the other.

A student may train a network at the end of a file, or in a cell. Loading then takes as long as the
training, and no check must pay for it: each statement is measured, one that takes too long is
stopped while the others run, and one that is known to be slow is left out of later loads.
"""

import __future__

import ast
import ctypes
import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

from grader.language import _
from grader.outcome import Line, Slow

SLOW = 0.5  # seconds of processor time from which on a statement is left out later
STATEMENT_LIMIT = 20.0  # seconds of processor time after which a statement is stopped
FEWEST = 1.0  # seconds that a statement may take even if others have used up the budget
LOOKS = 0.05  # seconds between two looks at the clock
AGAIN = 0.5  # seconds after which a statement that goes on is stopped again
STUCK = 3.0  # seconds past its limit after which a statement counts as one that cannot be stopped
FUTURES = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})

# They define what the checks call, and a student cannot make them faster.
ALWAYS_RUN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class Stopped(BaseException):
    """Raised inside a statement that has used up its time. Code under test seldom catches it."""

    def __str__(self) -> str:
        return _("it did not end in time")


class Loading:
    """How statements run while sources are loaded; `slow` collects those that took long.

    left_out  digests of statements that do not run.
    budget    seconds of processor time for all statements together; each gets STATEMENT_LIMIT at
              most. 0: they are not measured. Infinite: they are measured and never stopped.
    stuck     called, from another thread, with a statement that cannot be stopped.
    """

    def __init__(
        self,
        left_out: frozenset[str] = frozenset(),
        budget: float = 0.0,
        stuck: Callable[[Slow], None] | None = None,
    ):
        self.left_out = left_out
        self.slow: list[Slow] = []
        self._measured = budget > 0
        self._budget = budget
        self._stuck = stuck
        self._timer: StatementTimer | None = None

    @property
    def by_statement(self) -> bool:
        """Whether each statement has to run by itself."""
        return bool(self.left_out) or self._measured

    def run(
        self, tree: ast.Module, file: str, lines: list[str], names: dict[str, Any], flags: int = 0
    ) -> Iterator[tuple[Slow, ast.stmt]]:
        """Runs a parsed text's statements in `names`; yields each that was stopped or left out.

        file, lines: what messages show. flags: of `from __future__ import` in what ran before.
        Raises what a statement raises.
        """
        for always, group in groupby(tree.body, key=lambda node: isinstance(node, ALWAYS_RUN)):
            for part in [list(group)] if always else [[node] for node in group]:
                if not always and self.left_out and digest_of(part[0]) in self.left_out:
                    yield Slow(digest_of(part[0]), _line(part[0], file, lines), 0.0, True), part[0]
                    continue
                code = compile(ast.Module(part, []), file, "exec", flags, dont_inherit=True)
                flags |= code.co_flags & FUTURES
                if always or not self._measured:
                    exec(code, names)
                    continue
                slow = self._timed(part[0], file, lines, partial(exec, code, names))
                if slow and slow.stopped:
                    yield slow, part[0]

    def _timed(
        self, node: ast.stmt, file: str, lines: list[str], run: Callable[[], object]
    ) -> Slow | None:
        """Runs one statement; returns it as a Slow if it took long."""
        line = _line(node, file, lines)
        began = time.process_time()
        stopped = False
        try:
            with self._limited(lambda: Slow(digest_of(node), line, STATEMENT_LIMIT, True)):
                run()
        except Stopped:
            stopped = True
        took = time.process_time() - began
        self._budget -= took
        if took < SLOW and not stopped:
            return None
        self.slow.append(Slow(digest_of(node), line, took, stopped))
        return self.slow[-1]

    @contextmanager
    def _limited(self, about: Callable[[], Slow]) -> Iterator[None]:
        if self._budget == float("inf"):
            yield
            return
        if self._timer is None:
            self._timer = StatementTimer(self._stuck)
        limit = min(STATEMENT_LIMIT, max(FEWEST, self._budget))
        before = self._timer.begin(limit, about)
        try:
            yield
        finally:
            self._timer.resume(before)


@dataclass(frozen=True)
class RunningStatement:
    """A running statement: its start, its limit, and when it was last stopped."""

    began: float
    limit: float
    about: Callable[[], Slow]
    stopped_at: float | None = None


class StatementTimer:
    """A thread that stops the statement which runs in the thread that made the watch.

    It ends when nothing is watched, and starts again when something is.
    """

    def __init__(self, stuck: Callable[[Slow], None] | None):
        self._stuck = stuck
        self._running: RunningStatement | None = None
        self._lock = threading.Lock()
        self._thread = ctypes.c_ulong(threading.get_ident())
        self._raise = ctypes.pythonapi.PyThreadState_SetAsyncExc
        self._looks = False

    def begin(self, limit: float, about: Callable[[], Slow]) -> RunningStatement | None:
        """Watches the statement that begins now; returns the one around it, to resume later."""
        before = self._running
        with self._lock:
            self._running = RunningStatement(time.process_time(), limit, about)
            starts, self._looks = not self._looks, True
        if starts:
            threading.Thread(target=self._look, daemon=True).start()
        return before

    def resume(self, before: RunningStatement | None) -> None:
        """Watches the statement around the one that has ended, and takes back a pending stop."""
        with self._lock:
            ended, self._running = self._running, before
            self._raise(self._thread, None)
            if ended and before:  # its time does not count for the statement around it
                took = time.process_time() - ended.began
                self._running = replace(before, began=before.began + took)

    def _look(self) -> None:
        while True:
            time.sleep(LOOKS)
            with self._lock:
                running, now = self._running, time.process_time()
                if running is None:
                    self._looks = False
                    return
                if now - running.began < running.limit:
                    continue
                before = running.stopped_at
                if before is not None and now - running.began > running.limit + STUCK:
                    if self._stuck:
                        self._stuck(running.about())
                    return
                if before is None or now - before > AGAIN:
                    self._running = replace(running, stopped_at=now)
                    self._raise(self._thread, ctypes.py_object(Stopped))


def _line(node: ast.stmt, file: str, lines: list[str]) -> Line:
    text = lines[node.lineno - 1].strip()[:120] if node.lineno <= len(lines) else ""
    return Line(file, node.lineno, "", text)


def digest_of(node: ast.stmt) -> str:
    """A digest of the statement's text, without its comments and its position."""
    return hashlib.sha256(ast.dump(node).encode("utf-8", "replace")).hexdigest()[:16]


def names_bound(nodes: Iterable[ast.stmt]) -> set[str]:
    """Names that the statements bind in the module itself, not inside their functions."""
    found = set[str]()
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        waiting += ast.iter_child_nodes(node)
    return found
