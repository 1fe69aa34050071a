"""Small edits of one function: an expression is replaced, or a statement moves, goes or changes.

`edits_of` makes them from the function's syntax tree. Each kind of edit is a rule in
grader.repair.expressions, calls, blocks or throughout.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.repair.blocks import block_edits
from grader.repair.expressions import expression_edits, parsed
from grader.repair.kinds import Kind
from grader.repair.scope import Scope
from grader.repair.throughout import throughout_edits

Function = ast.FunctionDef | ast.AsyncFunctionDef
Path = tuple[tuple[str, int | None], ...]
MOST_STATEMENTS = 100  # of a block that is changed: each change holds a copy of it


@dataclass(frozen=True)
class Edit:
    """One small edit.

    line      of the file, where the edited expression or statement stands.
    replaced  the function with what is put into it.
    """

    kind: Kind
    line: int
    rank: int
    replaced: "_Replaced"

    @property
    def text(self) -> str:
        """The edited function's source."""
        return self.replaced.text()

    def make(self) -> Function:
        """The edited function, a copy."""
        return ast.fix_missing_locations(self.replaced.made())


def edits_of(function: Function, scope: Scope) -> Iterator[Edit]:
    """All edits of the function, statement by statement, then those of all of it."""
    for path, node in _nodes(function, ()):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.expr):
            for rank, kind, new in expression_edits(node, scope):
                yield Edit(kind, line, rank, _Replaced(function, path, new))
        for field, body in _blocks(node):
            for kind, at, block in block_edits(body, isinstance(node, ast.For | ast.While), scope):
                rank = 2 if kind in (Kind.MISSING, Kind.COPY) else 1
                yield Edit(kind, at, rank, _Replaced(function, (*path, (field, None)), block))
    for kind, at, body in throughout_edits(function.body, scope):
        yield Edit(kind, at, 0, _Replaced(function, (("body", None),), body))


@dataclass(frozen=True)
class _Replaced:
    """A function in which something else stands at the path; text is parsed when it is needed."""

    function: Function
    path: Path
    new: ast.expr | list[ast.stmt] | str

    def made(self) -> Function:
        function = copy.deepcopy(self.function)
        self._put(function, copy.deepcopy(self._node()))
        return function

    def text(self) -> str:
        """The source, without the time that a copy takes: what stood there comes back."""
        new = self._node()
        for node in new if isinstance(new, list) else [new]:
            ast.fix_missing_locations(node)
        before = self._put(self.function, new)
        try:
            return ast.unparse(self.function)
        finally:
            self._put(self.function, before)

    def _node(self) -> ast.AST | list[ast.stmt]:
        return parsed(self.new) if isinstance(self.new, str) else self.new

    def _put(self, function: Function, new: Any) -> Any:
        """Puts it at the path; returns what stood there."""
        node: Any = function
        way, (field, index) = self.path[:-1], self.path[-1]
        for name, i in way:
            value = getattr(node, name)
            node = value if i is None else value[i]
        if index is None:
            before = getattr(node, field)
            setattr(node, field, new)
        else:
            before = getattr(node, field)[index]
            getattr(node, field)[index] = new
        return before


def _nodes(node: ast.AST, path: Path) -> Iterator[tuple[Path, ast.AST]]:
    """All nodes below, with their paths; not those of decorators, annotations and targets."""
    yield path, node
    for field, value in ast.iter_fields(node):
        if field in ("decorator_list", "annotation", "returns", "ctx", "type_comment"):
            continue
        if isinstance(value, ast.AST):
            yield from _nodes(value, (*path, (field, None)))
        elif isinstance(value, list):
            for i, one in enumerate(value):
                if isinstance(one, ast.AST):
                    yield from _nodes(one, (*path, (field, i)))


def _blocks(node: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    for field in ("body", "orelse"):
        body = getattr(node, field, None)
        if not isinstance(body, list) or not 0 < len(body) <= MOST_STATEMENTS:
            continue
        if isinstance(body[0], ast.stmt):
            yield field, body
