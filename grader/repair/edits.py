"""Small edits of one function: one replaces an expression, or moves or removes a statement.

`edits_of` makes them from the function's syntax tree. Rules for the kinds of edits are in
grader.repair.expressions, calls, blocks and throughout.
"""

import ast
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from grader.repair.blocks import block_edits, return_edits
from grader.repair.expressions import expression_edits, parsed
from grader.repair.kinds import Kind
from grader.repair.parallel import Path, nodes_in, pairs_in, renamed
from grader.repair.scope import Scope
from grader.repair.throughout import scaled, throughout_edits

Function = ast.FunctionDef | ast.AsyncFunctionDef
RANKS = range(4)  # by how likely an edit is: a search tries those of a low rank first
OF_BLOCKS = (1, 2)  # rank of removing or moving a statement, and of adding one
ADDED = (Kind.MISSING, Kind.COPY)
HIGHEST = 1  # of the ranks whose edits are also made in two parallel parts at once
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


def edits_of(function: Function, scope: Scope, rank: int | None = None) -> Iterator[Edit]:
    """Edits of one rank, or of all ranks: statement by statement, then in the whole function."""
    if rank is None:
        for one in RANKS:
            yield from edits_of(function, scope, one)
        return
    if rank == 0:
        for kind, at, body in chain(
            return_edits(function.body, scope), throughout_edits(function.body, scope)
        ):
            yield Edit(kind, at, rank, _Replaced(function, (("body", None),), body))
    yield from _in_both(function, scope, rank)
    for path, node in nodes_in(function, ()):
        if isinstance(node, ast.expr):
            for kind, new in expression_edits(node, scope, rank):
                yield Edit(kind, node.lineno, rank, _Replaced(function, path, new))
        for name, body in _blocks(node) if rank in OF_BLOCKS else ():
            for kind, at, block in block_edits(body, isinstance(node, ast.For | ast.While), scope):
                if OF_BLOCKS[kind in ADDED] == rank:
                    yield Edit(kind, at, rank, _Replaced(function, (*path, (name, None)), block))


def _in_both(function: Function, scope: Scope, rank: int) -> Iterator[Edit]:
    """Edits that are made in two parallel parts at once."""
    for pair in pairs_in(function) if rank <= HIGHEST else ():
        size = len(pair.first)
        for path, node in nodes_in(pair.node, pair.first):
            second = (*pair.second, *path[size:])
            if isinstance(node, ast.expr):
                for kind, new in expression_edits(node, scope, rank):
                    both = _Replaced(function, path, new, second, pair.twins)
                    yield Edit(kind, node.lineno, rank, both)
        for kind, at, part in scaled(pair.node, scope) if rank == 1 else ():
            both = _Replaced(function, pair.first, part, pair.second, pair.twins)
            yield Edit(kind, at, rank, both)


@dataclass(frozen=True)
class _Replaced:
    """A function with another node at the path; a node in text is parsed when it is needed.

    second, twins: the path of a parallel part that gets the same node, and that part's names.
    """

    function: Function
    path: Path
    new: ast.AST | list[ast.stmt] | str
    second: Path = ()
    twins: Mapping[str, str] = field(default_factory=dict)

    def made(self) -> Function:
        function = copy.deepcopy(self.function)
        for path, new in self._parts():
            _put(function, path, copy.deepcopy(new))
        return function

    def text(self) -> str:
        """The source. It changes the function itself and changes it back: a copy takes longer."""
        before: list[tuple[Path, Any]] = []
        try:
            for path, new in self._parts():
                for node in new if isinstance(new, list) else [new]:
                    ast.fix_missing_locations(node)
                before.append((path, _put(self.function, path, new)))
            return ast.unparse(self.function)
        finally:
            for path, was in before[::-1]:
                _put(self.function, path, was)

    def _parts(self) -> list[tuple[Path, ast.AST | list[ast.stmt]]]:
        new = parsed(self.new) if isinstance(self.new, str) else self.new
        if not self.second or isinstance(new, list):
            return [(self.path, new)]
        return [(self.path, new), (self.second, renamed(copy.deepcopy(new), self.twins))]


def _put(function: Function, path: Path, new: Any) -> Any:
    """Puts the new node at the path; returns the node that stood there."""
    node: Any = function
    way, (name, index) = path[:-1], path[-1]
    for step, i in way:
        value = getattr(node, step)
        node = value if i is None else value[i]
    if index is None:
        before = getattr(node, name)
        setattr(node, name, new)
    else:
        before = getattr(node, name)[index]
        getattr(node, name)[index] = new
    return before


def _blocks(node: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    for name in ("body", "orelse"):
        body = getattr(node, name, None)
        if not isinstance(body, list) or not 0 < len(body) <= MOST_STATEMENTS:
            continue
        if isinstance(body[0], ast.stmt):
            yield name, body
