"""Edits of a function in all places where it makes the same slip."""

import ast
import copy
from collections.abc import Callable, Iterator

from grader.repair.calls import ALONG_AN_AXIS, called, with_keyword
from grader.repair.kinds import Kind
from grader.repair.scope import Scope

Block = list[ast.stmt]
Found = Iterator[tuple[Kind, int, Block]]
GENERATOR = "np.random.default_rng"
AXES = ((0, 1), (1, 0))
DIVISIONS = ((ast.Div, ast.FloorDiv), (ast.FloorDiv, ast.Div))
# Functions of NumPy's global generator, and the methods of a Generator for the same.
GLOBAL = {name: name for name in ("normal", "uniform", "permutation", "shuffle", "choice")} | {
    "randn": "standard_normal",
    "rand": "random",
    "random": "random",
    "standard_normal": "standard_normal",
    "randint": "integers",
}


def throughout_edits(body: Block, scope: Scope) -> Found:
    """Bodies that could replace the function's, each with the kind of edit and its first line."""
    for old, new in AXES:
        for keepdims in (False, True):
            yield from _everywhere(body, Kind.AXIS, _axis(old, new, keepdims))
    for before, after in DIVISIONS:
        yield from _everywhere(body, Kind.OPERATOR, _operator(before, after))
    if "seed" in scope.parameters:
        yield from _own_generator(body)


def scaled(part: ast.AST, scope: Scope) -> Iterator[tuple[Kind, int, ast.AST]]:
    """The part with a repeated name multiplied by another in all places, for each such pair."""
    loads = [
        it.id for it in ast.walk(part) if isinstance(it, ast.Name) and isinstance(it.ctx, ast.Load)
    ]
    factors = [*scope.parameters, *(f"self.{it}" for it in scope.attributes)]
    for name in dict.fromkeys(it for it in loads if loads.count(it) > 1 and it in scope.names):
        for factor in factors:
            if factor != name:
                made = _Scaled(name, factor).visit(copy.deepcopy(part))
                yield Kind.FACTOR, getattr(part, "lineno", 0), made


class _Scaled(ast.NodeTransformer):
    def __init__(self, name: str, factor: str):
        self.name = name
        self.scaled = f"{name} * {factor}"

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id != self.name or not isinstance(node.ctx, ast.Load):
            return node
        return ast.parse(self.scaled, mode="eval").body


def _everywhere(body: Block, kind: Kind, change: Callable[[ast.AST], bool]) -> Found:
    """The body with the change made at all its nodes; `change` returns whether it changed one."""
    made = copy.deepcopy(body)
    lines = [
        getattr(node, "lineno", 0)
        for statement in made
        for node in ast.walk(statement)
        if change(node)
    ]
    if len(lines) > 1:  # another rule changes a single place
        yield kind, min(lines), made


def _axis(old: int, new: int, keepdims: bool) -> Callable[[ast.AST], bool]:
    def change(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call) or called(node) not in ALONG_AN_AXIS:
            return False
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        axis = given.get("axis")
        if not isinstance(axis, ast.Constant) or axis.value != old:
            return False
        other = with_keyword(node, "axis", new)
        other = with_keyword(other, "keepdims", True) if keepdims else other
        node.keywords = other.keywords
        return True

    return change


def _operator(before: type[ast.operator], after: type[ast.operator]) -> Callable[[ast.AST], bool]:
    def change(node: ast.AST) -> bool:
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, before):
            return False
        node.op = after()
        return True

    return change


def _own_generator(body: Block) -> Found:
    """The body with a generator of its own in place of NumPy's global one and its seed."""
    made = [one for one in copy.deepcopy(body) if ast.unparse(one) != "np.random.seed(seed)"]
    lines = []
    for node in (node for one in made for node in ast.walk(one)):
        if (
            isinstance(node, ast.Attribute)
            and ast.unparse(node.value) == "np.random"
            and node.attr in GLOBAL
        ):
            lines.append(node.lineno)
            node.value, node.attr = ast.Name("rng", ast.Load()), GLOBAL[node.attr]
    if lines:
        [generator] = ast.parse(f"rng = {GENERATOR}(seed)").body
        yield Kind.SEED, min(lines), [generator, *made]
