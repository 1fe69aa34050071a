"""Watches, from a thread of its own, which of the student's lines run and how far their loops are.

It only looks, some times in the time allowed; nothing of the student's code runs again or slower.
What it saw is for the message about a job that was stopped.
"""

import _thread
import ast
import dis
import linecache
import operator
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import pairwise, takewhile
from types import FrameType
from typing import Any

import numpy as np

from grader.outcome import MAX_LINES, Line
from grader.source import MAX_LINE, first_line

LOOKS = 40  # in the time allowed
SHORTEST = 0.02  # seconds between looks
WHOLE = (int, np.int64, np.int32)
SIZED = (np.ndarray, list, tuple)
Loop = ast.For | ast.While
Watched = dict[str, Any]
Round = tuple[int, int, tuple[Any, ...]]


@dataclass(frozen=True)
class Step:
    """Where a loop is: its line, whether it jumps just then, and the call that runs there, with the
    line of that call where no loop is around it (else 0); how long its function's lists are.
    """

    line: int
    jumps: bool
    call: int
    line_of_call: int
    length: int


@dataclass(frozen=True)
class Look:
    """What one look saw.

    lines  the student's own, outermost first.
    done   the share of the loops of the outermost call that is done; None: not known.
    call   which call that is.
    round  the innermost `while`, its frame, and the values that its condition reads; None: none.
    step   where it is in that loop.
    """

    cpu: float
    lines: tuple[Line, ...]
    done: float | None
    call: int
    round: Round | None
    step: Step | None


class Watch:
    """Looks at the thread that made it, until it is stopped.

    files    the student's own.
    allowed  seconds of processor time; from half of it on, each look is told.
    """

    def __init__(self, files: Set[str], allowed: float, tell: Callable[[Watched], None]):
        self._files, self._allowed, self._tell = files, allowed, tell
        self._thread = threading.get_ident()
        self._over = threading.Event()
        self._looks: list[Look] = []
        self._stayed: list[FrameType] | None = None  # calls that have not returned since half time
        self._began = time.process_time()
        _thread.start_new_thread(self._watch, ())  # a threading.Thread takes thrice the time

    def stop(self) -> None:
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(max(SHORTEST, self._allowed / LOOKS)):
            try:
                look = self._look()
            except Exception:  # the code under test may have changed anything
                continue
            if look is None or len(self._looks) > 5 * LOOKS:
                continue
            self._looks.append(look)
            if look.cpu > self._allowed / 2 and not self._over.is_set():
                try:
                    loop = loop_of(self._stayed or [])
                    self._tell({**summary(self._looks, self._allowed), "loop": loop})
                except Exception:  # nobody listens any more
                    return

    def _look(self) -> Look | None:
        frame = sys._current_frames().get(self._thread)
        own: list[FrameType] = []
        while frame is not None:
            if frame.f_code.co_filename in self._files and frame.f_code.co_name != "<module>":
                own.insert(0, frame)
            frame = frame.f_back
        if not own:
            return None
        cpu = time.process_time() - self._began
        if cpu > self._allowed / 2:
            self._stayed = common(self._stayed, own)
        lines = tuple(
            map(line_of, own if len(own) <= MAX_LINES else [own[0], *own[1 - MAX_LINES :]])
        )
        return Look(cpu, lines, done_of(own), id(own[0]), *round_of(own))


def common(stayed: list[FrameType] | None, own: list[FrameType]) -> list[FrameType]:
    """The outermost calls that are in both."""
    if stayed is None:
        return own
    both = takewhile(lambda pair: pair[0] is pair[1], zip(stayed, own, strict=False))
    return [frame for frame, _ in both]


def loop_of(stayed: list[FrameType]) -> dict[str, Any] | None:
    """The first line of the innermost loop of the innermost of these calls that is in one."""
    for frame in reversed(stayed):
        if around := loops(frame):
            file, number = frame.f_code.co_filename, around[-1].lineno
            text = linecache.getline(file, number).strip()[:MAX_LINE]
            return asdict(Line(file, number, frame.f_code.co_name, text))
    return None


def line_of(frame: FrameType) -> Line:
    file, number = frame.f_code.co_filename, frame.f_lineno
    return Line(
        file, number, frame.f_code.co_name, linecache.getline(file, number).strip()[:MAX_LINE]
    )


def summary(looks: list[Look], allowed: float) -> Watched:
    """What a message needs of all looks."""
    last = looks[-1]
    times, same = 0.0, [it for it in looks if it.call == last.call and it.done is not None]
    if len(same) > 1 and last.done is not None and (first := same[0].done) is not None:
        seconds, more = last.cpu - same[0].cpu, last.done - first
        if more > 0 and seconds > 0:
            times = seconds / more / allowed
    lines = [asdict(line) for line in last.lines]
    return {"lines": lines, "times": times, "repeats": goes_round(looks)}


def goes_round(looks: list[Look]) -> bool:
    """Whether one `while` went round in all of the last half, with what it tests unchanged."""
    half = looks[len(looks) // 2 :]
    if len(half) < 4 or half[-1].round is None or len({it.round for it in half}) > 1:
        return False
    steps = [it.step for it in half if it.step is not None]
    return any(_is_later_round(a, b) for a, b in pairwise(steps))


def _is_later_round(a: Step, b: Step) -> bool:
    """Whether the loop must have gone round between two looks: it stands before where it stood, in
    another call of the same line, or at the same jump, which takes no time; or a list of its own
    has grown.
    """
    if a.line != b.line:
        return b.line < a.line
    if a.length < b.length:
        return True
    if a.call and b.call:
        return a.call != b.call or 0 < b.line_of_call < a.line_of_call
    return a.jumps and b.jumps


def round_of(own: list[FrameType]) -> tuple[Round | None, Step | None]:
    """The outermost `while` that is the innermost loop of its function, and the step in it."""
    for i, frame in enumerate(own):
        around = loops(frame)
        if around and isinstance(around[-1], ast.While):
            loop = around[-1]
            names = sorted({it.id for it in ast.walk(loop.test) if isinstance(it, ast.Name)})
            values = tuple(_plain(frame.f_locals.get(name)) for name in names)
            jumps = "JUMP" in dis.opname[frame.f_code.co_code[frame.f_lasti]]
            inner = own[i + 1] if i + 1 < len(own) else None
            line = inner.f_lineno if inner is not None and not loops(inner) else 0
            length = sum(len(it) for it in frame.f_locals.values() if type(it) is list)
            call = id(inner) if inner is not None else 0
            step = Step(frame.f_lineno, jumps, call, line, length)
            return (loop.lineno, id(frame), values), step
    return None, None


def _plain(value: Any) -> Any:
    """A value that shows a change: a number, or an object's identity and length."""
    if type(value) in (int, float, bool, str):
        return value
    return id(value), len(value) if type(value) in (list, tuple, dict, set) else 0


def done_of(own: list[FrameType]) -> float | None:
    """The share of the loops that is done: of each counted loop the rounds that are over."""
    done, unit, known = 0.0, 1.0, False
    for frame in own:
        for loop in loops(frame):
            counted = counts(loop, frame.f_locals)
            if counted is None:
                return done if known else None
            index, total = counted
            done, unit, known = done + unit * index / total, unit / total, True
    return done if known else None


def counts(loop: Loop, values: Mapping[str, Any]) -> tuple[int, int] | None:
    """The number of the round that a `for` over a range is in, and of all its rounds."""
    if not (isinstance(loop, ast.For) and isinstance(loop.target, ast.Name)):
        return None
    call = loop.iter
    if not (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"
    ):
        return None
    bounds = [whole(it, values) for it in call.args]
    at = values.get(loop.target.id)
    if None in bounds or not bounds or type(at) is not int:
        return None
    rounds = range(*bounds)  # type: ignore[arg-type]
    return (rounds.index(at), len(rounds)) if at in rounds else None


SIGNS: Mapping[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def whole(node: ast.expr, values: Mapping[str, Any]) -> int | None:
    """The value of a plain expression of whole numbers; None for any other. It calls nothing of the
    student's: types are compared by identity.
    """
    match node:
        case ast.Constant(value=int() as number):
            return number
        case ast.Name(id=name):
            value = values.get(name)
            return int(value) if value is not None and type(value) in WHOLE else None
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]):
            value = values.get(name)
            return len(value) if value is not None and type(value) in SIZED else None
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name), attr="shape"), slice=at):
            value, axis = values.get(name), whole(at, values)
            return (
                int(value.shape[axis]) if type(value) is np.ndarray and axis is not None else None
            )
        case ast.BinOp(left=left, op=op, right=right):
            a, b = whole(left, values), whole(right, values)
            if a is None or b is None:
                return None
            if isinstance(op, ast.FloorDiv) and b:
                return a // b
            return SIGNS[type(op)](a, b) if type(op) in SIGNS else None
    return None


def loops(frame: FrameType) -> list[Loop]:
    """The loops around the line that a function is at, outermost first."""
    code = frame.f_code
    function = functions(code.co_filename).get((code.co_name, code.co_firstlineno))
    return list(_around(function, frame.f_lineno)) if function else []


def _around(node: ast.AST, line: int) -> Iterator[Loop]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if getattr(child, "lineno", line + 1) <= line <= (getattr(child, "end_lineno", 0) or 0):
            if isinstance(child, ast.For | ast.While):
                yield child
            yield from _around(child, line)


@lru_cache(maxsize=16)
def functions(file: str) -> dict[tuple[str, int], ast.FunctionDef]:
    """The functions of a file by name and first line, which decorators may stand on."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return {}
    return {
        (it.name, first_line(it)): it for it in ast.walk(tree) if isinstance(it, ast.FunctionDef)
    }
