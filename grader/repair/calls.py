"""Edits of a call: another axis, another function, other arguments, or no call."""

import ast
from collections.abc import Iterator
from itertools import permutations
from typing import Any

from grader.repair.kinds import Kind
from grader.repair.scope import Scope

Found = Iterator[tuple[Kind, ast.expr]]

REDUCING = {"sum", "mean", "max", "min", "argmax", "argmin", "std", "prod", "any", "all"}
ALONG_AN_AXIS = REDUCING | {"concatenate", "stack", "cumsum", "argsort", "sort", "flip", "repeat"}
READ_IN_ORDER = {"reshape", "ravel", "flatten"}  # before these, axes are often moved by mistake
WITH_MOVED_AXES = (
    "np.moveaxis({0}, 0, -1)",
    "np.moveaxis({0}, -1, 0)",
    "np.moveaxis({0}, -1, 1)",
    "np.moveaxis({0}, 3, -1)",
    "np.moveaxis({0}, 1, -1)",
    "np.moveaxis({0}, 2, 0)",
    "np.swapaxes({0}, 0, 1)",
    "np.swapaxes({0}, 1, 2)",
)
ALIKE = (
    ("sum", "mean", "max", "min", "prod"),
    ("argmax", "argmin", "max"),
    ("zeros", "ones", "empty"),
    ("zeros_like", "ones_like"),
    ("normal", "uniform", "random", "standard_normal"),
    ("log", "log2", "log10", "log1p"),
    ("exp", "exp2", "expm1", "tanh", "sqrt", "abs", "square"),
    ("maximum", "minimum"),
    ("floor", "ceil", "round"),
    ("permutation", "shuffle", "choice"),
    ("append", "extend"),
    ("dot", "multiply", "outer", "matmul"),
)


def call_edits(node: ast.expr, scope: Scope) -> Found:
    """Expressions that could replace a call, each with the kind of edit."""
    if not isinstance(node, ast.Call):
        return
    name, of = called(node), isinstance(node.func, ast.Attribute)
    if name in ALONG_AN_AXIS:
        for axis in (0, 1, -1, None, (0, 1), (1, 2), (0, 1, 2)):
            yield Kind.AXIS, with_keyword(node, "axis", axis)
    if name in REDUCING:
        for axis in (0, 1):
            yield Kind.AXIS, with_keyword(with_keyword(node, "axis", axis), "keepdims", True)
        yield Kind.KEEPDIMS, with_keyword(node, "keepdims", True)
        yield Kind.KEEPDIMS, _without(node, "keepdims")
    for alike in ALIKE:
        for other in alike:
            if name in alike and other != name and isinstance(node.func, ast.Attribute):
                function = ast.Attribute(node.func.value, other, ast.Load())
                yield Kind.FUNCTION, ast.Call(function, node.args, node.keywords)
    if isinstance(node.func, ast.Name) and name in scope.functions:
        for other in scope.functions:
            if other != name:
                named = ast.Name(other, ast.Load())
                yield Kind.FUNCTION, ast.Call(named, node.args, node.keywords)
    if name in READ_IN_ORDER and isinstance(node.func, ast.Attribute):
        array = ast.unparse(node.func.value)
        for form in WITH_MOVED_AXES:
            turned = ast.parse(form.format(array), mode="eval").body
            method = ast.Attribute(turned, name, ast.Load())
            yield Kind.TRANSPOSE, ast.Call(method, node.args, node.keywords)
    if node.args and isinstance(inner := node.args[0], ast.Call) and inner.args:
        outer = ast.Call(node.func, [inner.args[0], *node.args[1:]], node.keywords)
        yield Kind.NESTED, ast.Call(inner.func, [outer, *inner.args[1:]], inner.keywords)
    for argument in node.args:
        yield Kind.CALL, argument
    if of:
        assert isinstance(node.func, ast.Attribute)
        yield Kind.CALL, node.func.value
    yield from _arguments(node, scope)


def _arguments(node: ast.Call, scope: Scope) -> Found:
    if 2 <= len(node.args) <= 3:
        for order in list(permutations(node.args))[1:]:
            yield Kind.ARGUMENT, ast.Call(node.func, list(order), node.keywords)
    elif len(node.args) == 4:
        yield Kind.ARGUMENT, ast.Call(node.func, node.args[::-1], node.keywords)
    for i in range(len(node.args)):
        yield Kind.ARGUMENT, ast.Call(node.func, node.args[:i] + node.args[i + 1 :], node.keywords)
    for keyword in node.keywords:
        if keyword.arg:
            yield Kind.ARGUMENT, _without(node, keyword.arg)
    if called(node) == "range":
        for i in range(len(node.args)):
            for by in (1, -1):
                moved = ast.BinOp(node.args[i], ast.Add(), ast.Constant(by))
                args = [*node.args[:i], moved, *node.args[i + 1 :]]
                yield Kind.BOUND, ast.Call(node.func, args, node.keywords)
    given = {keyword.arg for keyword in node.keywords}
    for name in scope.signatures.get(called(node), ())[len(node.args) :]:
        own = [name] if name in scope.names else []
        own += [f"self.{name}"] if name in scope.attributes else []
        for value in own if name not in given else ():
            keyword = ast.keyword(name, ast.parse(value, mode="eval").body)
            yield Kind.ARGUMENT, ast.Call(node.func, node.args, [*node.keywords, keyword])
    for name in scope.parameters:
        if name not in given and name in ("seed", "strides", "padding", "pool_size"):
            keyword = ast.keyword(name, ast.Name(name, ast.Load()))
            yield Kind.ARGUMENT, ast.Call(node.func, node.args, [*node.keywords, keyword])
            if not node.args or called(node) == "default_rng":
                yield Kind.SEED, ast.Call(node.func, [ast.Name(name, ast.Load())], node.keywords)


def called(node: ast.Call) -> str:
    """The name of the called function, without the module or object before it."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _without(node: ast.Call, keyword: str) -> ast.Call:
    rest = [given for given in node.keywords if given.arg != keyword]
    return ast.Call(node.func, node.args, rest)


def with_keyword(node: ast.Call, keyword: str, value: Any) -> ast.Call:
    bare = _without(node, keyword)
    if keyword == "axis" and isinstance(node.func, ast.Attribute) and len(node.args) > 1:
        bare.args = bare.args[:1]  # the axis was given by position
    if value is None:
        return bare
    given = ast.keyword(keyword, ast.parse(repr(value), mode="eval").body)
    return ast.Call(bare.func, bare.args, [*bare.keywords, given])
