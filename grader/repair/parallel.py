"""Parts of a function that do the same for rows and for columns: a slip is often in both.

Two parts that stand side by side are parallel if they differ only in names: `h // 2` and
`w // 2`, `rows = slice(i, i + kh)` and `columns = slice(j, j + kw)`.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

Path = tuple[tuple[str, int | None], ...]
Names = dict[str, str]  # by a name in the first part, its twin: the name in the second part
MOST_PAIRS = 12  # in a function; later ones are left out


@dataclass(frozen=True)
class Pair:
    """Two parallel parts of a function, with their paths, and the twins of names."""

    first: Path
    second: Path
    node: ast.AST
    twins: Mapping[str, str]


def pairs_in(function: ast.AST) -> list[Pair]:
    """The pairs of parallel parts, each with the twin of every name of the function."""
    found: list[tuple[Path, Path, ast.AST, Names]] = []
    twins: Names = {}
    for path, node in nodes_in(function, ()):
        for names in _headers(node):
            twins = names | twins
        for first, second, one, other in _side_by_side(node):
            names = {}
            if not _unified(one, other, names) or all(a == b for a, b in names.items()):
                continue
            found.append(((*path, first), (*path, second), one, names))
            if not isinstance(one, ast.Name):
                twins = names | twins
    pairs = [
        Pair(first, second, node, twins | names)
        for first, second, node, names in found
        if not isinstance(node, ast.Name) or all(twins.get(a) == b for a, b in names.items())
    ]
    return pairs[:MOST_PAIRS]


def nodes_in(node: ast.AST, path: Path) -> Iterator[tuple[Path, ast.AST]]:
    """All nodes below this one, with their paths, except decorators, annotations and targets."""
    yield path, node
    for field, value in ast.iter_fields(node):
        if field in ("decorator_list", "annotation", "returns", "ctx", "type_comment"):
            continue
        if isinstance(value, ast.AST):
            yield from nodes_in(value, (*path, (field, None)))
        elif isinstance(value, list):
            for i, one in enumerate(value):
                if isinstance(one, ast.AST):
                    yield from nodes_in(one, (*path, (field, i)))


def renamed(node: ast.AST, twins: Mapping[str, str]) -> ast.AST:
    """The node itself, with its names replaced by their twins."""
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            one.id = twins.get(one.id, one.id)
    return node


def _side_by_side(
    node: ast.AST,
) -> Iterator[tuple[tuple[str, int | None], tuple[str, int | None], ast.AST, ast.AST]]:
    for field, value in ast.iter_fields(node):
        if isinstance(value, list) and field != "targets":
            for i, (one, other) in enumerate(pairwise(value)):
                if isinstance(one, ast.stmt | ast.expr) and isinstance(other, ast.AST):
                    yield (field, i), (field, i + 1), one, other
    if isinstance(node, ast.BinOp):
        yield ("left", None), ("right", None), node.left, node.right


def _headers(node: ast.AST) -> Iterator[Names]:
    """The twins of a loop in a loop: for i in range(oh): for j in range(ow)."""
    if isinstance(node, ast.For) and len(node.body) == 1 and isinstance(node.body[0], ast.For):
        inner, names = node.body[0], Names()
        if _unified(node.target, inner.target, names) and _unified(node.iter, inner.iter, names):
            yield names


def _unified(one: ast.AST, other: ast.AST, names: Names) -> bool:
    """Whether the nodes differ only in names; adds the twins to `names`."""
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.Name) and isinstance(other, ast.Name):
        return names.setdefault(one.id, other.id) == other.id
    for (_, mine), (_, theirs) in zip(ast.iter_fields(one), ast.iter_fields(other), strict=True):
        if isinstance(mine, list) and isinstance(theirs, list):
            if len(mine) != len(theirs) or not all(map(_alike, mine, theirs, [names] * len(mine))):
                return False
        elif not _alike(mine, theirs, names):
            return False
    return True


def _alike(mine: object, theirs: object, names: Names) -> bool:
    if isinstance(mine, ast.AST) and isinstance(theirs, ast.AST):
        return _unified(mine, theirs, names)
    return mine == theirs
