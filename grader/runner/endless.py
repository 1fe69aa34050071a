"""Functions whose loop did not end in an earlier check: a check that calls one is ended at once."""

import gc
from collections.abc import Sequence
from types import CodeType, FunctionType

from grader.outcome import MET_AGAIN, Line, Raised
from grader.source import Source


class MeetsEndlessLoop(BaseException):
    """Raised in place of a function whose loop did not end."""


class Trap:
    """Replaces, in this process, the bodies of the functions around these loops.

    The functions are those of the modules that have just been loaded.
    """

    def __init__(self, loops: Sequence[Line], sources: Sequence[Source]):
        self.met: Line | None = None
        files = {file for source in sources if source.own for file in source.texts}
        looked_for = [loop for loop in loops if loop.file in files]
        if not looked_for:
            return
        for it in gc.get_objects():
            if type(it) is FunctionType and it.__code__.co_filename in files:
                for loop in looked_for:
                    if _is_around(it, loop):
                        self._replace(it, loop)

    def _replace(self, function: FunctionType, loop: Line) -> None:
        def raises(*_: object, **__: object) -> None:
            self.met = loop
            raise MeetsEndlessLoop

        try:
            function.__code__ = _calling(raises, function)
        except ValueError:  # a closure cannot be replaced: it costs its time limit once more
            return

    def answer(self) -> Raised | None:
        """The answer to a check that called such a function; None where none was called."""
        return Raised(MET_AGAIN, "", (self.met,)) if self.met else None


def _calling(raises: object, function: FunctionType) -> CodeType:
    """A body that calls `raises`, found in the function's own globals."""
    name = f"<endless {id(function)}>"
    function.__globals__[name] = raises
    made: dict[str, FunctionType] = {}
    exec(f"def body(*_, **__): return globals()[{name!r}]()", made)
    return made["body"].__code__


def _is_around(function: FunctionType, loop: Line) -> bool:
    code = function.__code__
    if (code.co_filename, code.co_name) != (loop.file, loop.function):
        return False
    lines = [line for _, _, line in code.co_lines() if line is not None]
    return min(lines) <= loop.number <= max(lines)
