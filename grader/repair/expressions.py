"""Edits of an expression: each rule gives expressions that could replace it.

Rules for common slips come first, since a search with little time tries only the first edits.
"""

import ast
from collections.abc import Callable, Iterator
from itertools import islice, permutations

from grader.repair.calls import call_edits
from grader.repair.kinds import Kind
from grader.repair.scope import Scope

Found = Iterator[tuple[Kind, ast.expr | str]]  # text is parsed when the edit is tried
Rule = Callable[[ast.expr, Scope], Found]

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.FloorDiv, ast.Pow)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
# Forms in which an expression may have been meant; _ is the expression.
AROUND = (
    (Kind.TRANSPOSE, "(_).T"),
    (Kind.SIGN, "-(_)"),
    (Kind.CALL, "(_).sum(axis=0)"),
    (Kind.CALL, "(_).sum(axis=1)"),
    (Kind.CALL, "(_).mean(axis=0)"),
    (Kind.CALL, "(_).sum()"),
    (Kind.CALL, "(_).mean()"),
    (Kind.CALL, "(_).sum(axis=1, keepdims=True)"),
    (Kind.CALL, "(_).max(axis=1, keepdims=True)"),
    (Kind.TERM, "1 - (_)"),
    (Kind.COPY, "(_).copy()"),
    (Kind.SHAPE, "(_)[:, None]"),
    (Kind.SHAPE, "(_).ravel()"),
    (Kind.CALL, "np.sqrt(_)"),
    (Kind.CALL, "np.exp(_)"),
    (Kind.CALL, "np.log(_)"),
    (Kind.CALL, "np.maximum((_), 0)"),
    (Kind.CALL, "np.argmax((_), axis=1)"),
    (Kind.CALL, "np.arange(_)"),
    (Kind.CALL, "(_).astype(int)"),
    (Kind.CALL, "(_).astype(float)"),
    (Kind.CALL, "float(_)"),
    (Kind.CONDITION, "not (_)"),
    (Kind.FACTOR, "2 * (_)"),
    (Kind.FACTOR, "(_) / 2"),
    (Kind.FACTOR, "1 / (_)"),
    (Kind.FACTOR, "(_) / 255"),
)
AROUND_WITH_A_NAME = (
    (Kind.FACTOR, "(_) * {0}"),
    (Kind.FACTOR, "(_) / len({0})"),
    (Kind.FACTOR, "(_) * len({0})"),
    (Kind.TERM, "(_) + {0}"),
    (Kind.TERM, "(_) - {0}"),
    (Kind.FACTOR, "(_) / {0}"),
    (Kind.INDEX, "(_)[{0}]"),
    (Kind.FACTOR, "(_) * ({0} > 0)"),
)
OF_ARRAYS = ("(_) / len({0})", "(_) * len({0})", "(_) * ({0} > 0)")
LARGEST = 1e15  # of the numbers that are changed: longer ones are slow to write, and no slips
INSTEAD_OF_A_NUMBER = ("{0}", "len({0})", "{0} + 1", "{0} - 1")


def expression_edits(
    node: ast.expr, scope: Scope, rank: int
) -> Iterator[tuple[Kind, ast.expr | str]]:
    """Expressions of that rank that could replace this one, each with the kind of edit."""
    if isinstance(node, ast.Slice):
        if rank == OF_BOUNDS:
            yield from _bounds(node, scope)
    elif isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        for rule, of_rule in RULES:
            if of_rule == rank:
                yield from rule(node, scope)


def _numbers(node: ast.expr, scope: Scope) -> Found:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield Kind.CONSTANT, ast.Constant(not value)
    elif isinstance(value, int | float) and abs(value) < LARGEST:
        others = (1, 0, value + 1, value - 1, -value, 2, 0.5, value * 2, value / 2, 1e-7)
        for other in dict.fromkeys(others):
            if other != value:
                yield Kind.CONSTANT, ast.Constant(other)
        for form in INSTEAD_OF_A_NUMBER:
            like = scope.may_be_arrays if "len" in form else scope.may_be_numbers
            for name in (*like, *_attributes(scope)):
                yield Kind.NAME, form.format(name)
    elif value in ("same", "valid"):
        yield Kind.CONSTANT, ast.Constant("same" if value == "valid" else "valid")


def _operators(node: ast.expr, scope: Scope) -> Found:
    if isinstance(node, ast.BinOp):
        left, right = node.left, node.right
        for other in OPERATORS:
            huge = other is ast.Pow and not isinstance(right, ast.Constant)  # a size to any power
            if not isinstance(node.op, other) and not huge:
                is_sign = isinstance(node.op, ast.Add | ast.Sub) and other in (ast.Add, ast.Sub)
                kind = Kind.SIGN if is_sign else Kind.OPERATOR
                yield kind, ast.BinOp(left, other(), right)
        yield Kind.ORDER, ast.BinOp(right, node.op, left)
        dropped = Kind.TERM if isinstance(node.op, ast.Add | ast.Sub) else Kind.FACTOR
        yield dropped, left
        yield dropped, right
        if dropped is Kind.TERM and isinstance(left, ast.BinOp):  # n - k + 1  for  n
            yield dropped, left.left
        if isinstance(left, ast.UnaryOp):  # -a + b  for  -(a + b)
            yield Kind.SIGN, ast.UnaryOp(left.op, ast.BinOp(left.operand, node.op, right))
        if isinstance(right, ast.BinOp):  # a - b / n  for  (a - b) / n
            inner = ast.BinOp(left, node.op, right.left)
            yield Kind.ORDER, ast.BinOp(inner, right.op, right.right)
        if isinstance(left, ast.BinOp):
            inner = ast.BinOp(left.right, node.op, right)
            yield Kind.ORDER, ast.BinOp(left.left, left.op, inner)
            before = ast.BinOp(left.left, node.op, right)  # a / n + b  for  (a + b) / n
            yield Kind.ORDER, ast.BinOp(before, left.op, left.right)
        for call, other_side, first in ((left, right, True), (right, left, False)):
            if isinstance(call, ast.Call) and call.args:  # f(x) + b  for  f(x + b)
                a, b = (call.args[0], other_side) if first else (other_side, call.args[0])
                inside = ast.BinOp(a, node.op, b)
                yield Kind.INSIDE, ast.Call(call.func, [inside, *call.args[1:]], call.keywords)
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.BinOp):
        inside, rest = node.args[0], node.args[1:]  # f(x + b)  for  f(x) + b
        of_left = ast.Call(node.func, [inside.left, *rest], node.keywords)
        yield Kind.INSIDE, ast.BinOp(of_left, inside.op, inside.right)
        of_right = ast.Call(node.func, [inside.right, *rest], node.keywords)
        yield Kind.INSIDE, ast.BinOp(inside.left, inside.op, of_right)
    elif isinstance(node, ast.UnaryOp):
        yield Kind.SIGN, node.operand


def _divisors(node: ast.expr, scope: Scope) -> Found:
    """Another count below: of samples, of batches, of classes."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div):
        return
    if isinstance(node.right, ast.Constant | ast.BinOp):  # _numbers has them, or _operators
        return
    counts = (
        *scope.may_be_numbers,
        *(f"len({name})" for name in scope.may_be_arrays),
        *_attributes(scope),
    )
    for count in counts:
        if count != ast.unparse(node.right):
            yield Kind.DIVISOR, ast.BinOp(node.left, ast.Div(), parsed(count))


def _conditions(node: ast.expr, scope: Scope) -> Found:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARISONS:
            if not isinstance(node.ops[0], other):
                yield Kind.COMPARISON, ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        turned = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield Kind.CONDITION, ast.BoolOp(turned, node.values)
        for value in node.values:
            yield Kind.CONDITION, value
    elif isinstance(node, ast.IfExp):
        yield Kind.CONDITION, ast.IfExp(node.test, node.orelse, node.body)
        yield Kind.CONDITION, node.body
        yield Kind.CONDITION, node.orelse


def _names(node: ast.expr, scope: Scope) -> Found:
    if isinstance(node, ast.Name) and node.id in scope.names:
        for other in (*scope.like(node.id), *_attributes(scope)):
            yield Kind.NAME, other
        for other in scope.may_be_numbers:
            if other != node.id:
                yield Kind.FACTOR, f"{node.id} * {other}"
    own = isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"
    if own and isinstance(node, ast.Attribute) and node.attr in scope.attributes:
        for other in (*_attributes(scope), *scope.names):
            if other != f"self.{node.attr}":
                yield Kind.NAME, other
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield Kind.TRANSPOSE, node.value


def _indices(node: ast.expr, scope: Scope) -> Found:
    if not isinstance(node, ast.Subscript):
        return
    yield Kind.INDEX, node.value
    index = node.slice
    if isinstance(index, ast.Tuple) and 2 <= len(index.elts) <= 3:
        for order in list(permutations(index.elts))[1:]:
            turned = ast.Tuple(list(order), ast.Load())
            yield Kind.INDEX, ast.Subscript(node.value, turned, ast.Load())
    if isinstance(index, ast.Constant) and isinstance(index.value, int):
        for other in (0, 1, 2, -1):
            if other != index.value:
                yield Kind.INDEX, ast.Subscript(node.value, ast.Constant(other), ast.Load())
    if isinstance(index, ast.Name) and index.id in scope.numbers:
        for by in (1, -1):
            moved = ast.BinOp(index, ast.Add(), ast.Constant(by))
            yield Kind.INDEX, ast.Subscript(node.value, moved, ast.Load())


def _sequences(node: ast.expr, scope: Scope) -> Found:
    """The elements of a tuple or list in another order, or one of them alone."""
    if isinstance(node, ast.Tuple | ast.List) and 2 <= len(node.elts) <= 4:
        for order in islice(permutations(node.elts), 1, 6):
            yield Kind.ORDER, type(node)(list(order), ast.Load())
        if isinstance(node, ast.Tuple):
            for one in node.elts:
                yield Kind.SHAPE, one


def _bounds(node: ast.Slice, scope: Scope) -> Found:
    for side in ("lower", "upper"):
        bound = getattr(node, side)
        if bound is not None:
            for by in (1, -1):
                moved = ast.BinOp(bound, ast.Add(), ast.Constant(by))
                yield Kind.BOUND, _with_bound(node, side, moved)
            yield Kind.BOUND, _with_bound(node, side, None)
        for name in scope.may_be_numbers:
            yield Kind.BOUND, _with_bound(node, side, ast.Name(name, ast.Load()))
    for name in scope.may_be_numbers:
        at = ast.Name(name, ast.Load())
        if node.lower is not None:  # start : start + n
            yield Kind.BOUND, _with_bound(node, "upper", ast.BinOp(node.lower, ast.Add(), at))
        elif node.upper is not None:
            end = ast.BinOp(at, ast.Add(), node.upper)
            yield Kind.BOUND, _with_bound(_with_bound(node, "lower", at), "upper", end)
    if node.step is not None:
        yield Kind.BOUND, _with_bound(node, "step", None)
    if node.lower is node.upper is node.step is None:  # z[:, y]  for  z[np.arange(n), y]
        for name in scope.names:
            length = name if name in scope.numbers else f"len({name})"
            yield Kind.INDEX, f"np.arange({length})"


def _missing_around(node: ast.expr, scope: Scope) -> Found:
    if isinstance(node, ast.Constant | ast.Tuple | ast.Starred | ast.JoinedStr):
        return
    text = ast.unparse(node)
    if len(text) > 160 or text in ("np", "self", "super", "len", "range"):
        return
    for kind, form in AROUND:
        yield kind, form.replace("(_)", f"({text})", 1)
    for name in scope.of_one:
        yield Kind.CALL, f"{name}({text})"


def _missing_name(node: ast.expr, scope: Scope) -> Found:
    if isinstance(node, ast.Constant | ast.Tuple | ast.Starred | ast.JoinedStr):
        return
    text = ast.unparse(node)
    if len(text) > 160 or text in ("np", "self", "super", "len", "range"):
        return
    for name in (*scope.parameters, *_attributes(scope), *scope.names):
        for kind, form in AROUND_WITH_A_NAME:
            unfit = scope.numbers if form in OF_ARRAYS else ()
            if name not in unfit:
                yield kind, form.format(name).replace("(_)", f"({text})", 1)


OF_BOUNDS = 1  # the rank of edits of a slice's bounds
# Each rule with its rank: a search tries all edits of a lower rank first.
RULES: tuple[tuple[Rule, int], ...] = (
    (call_edits, 0),
    (_operators, 0),
    (_conditions, 0),
    (_indices, 0),
    (_sequences, 0),
    (_divisors, 1),
    (_numbers, 1),
    (_names, 1),
    (_missing_around, 2),
    (_missing_name, 3),
)


def _attributes(scope: Scope) -> tuple[str, ...]:
    return tuple(f"self.{name}" for name in scope.attributes)


def _with_bound(node: ast.Slice, side: str, bound: ast.expr | None) -> ast.Slice:
    made = ast.Slice(node.lower, node.upper, node.step)
    setattr(made, side, bound)
    return made


def parsed(text: str) -> ast.expr:
    """The expression of that text."""
    return ast.parse(text, mode="eval").body
