"""Edits of a block: a statement is removed, added, moved, swapped, or assigns in another way."""

import ast
from collections.abc import Iterator

from grader.repair.kinds import Kind
from grader.repair.scope import Scope

Block = list[ast.stmt]
Found = Iterator[tuple[Kind, int, Block]]
MOST_NAMES = 6  # of an unpacking whose order is looked at
UPDATES = (ast.Add, ast.Sub, ast.Mult, ast.Div)


def block_edits(body: Block, in_loop: bool, scope: Scope) -> Found:
    """Blocks that could replace this one, each with the kind of edit and its line."""
    for i, one in enumerate(body):
        before, after = body[:i], body[i + 1 :]
        for kind, new in _changed(one, scope):
            yield kind, one.lineno, [*before, new, *after]
        if after:
            swapped = [*before, after[0], one, *after[1:]]
            yield Kind.SWAPPED, one.lineno, swapped
        if len(body) > 1 and not _is_docstring(one):
            yield Kind.DROPPED, one.lineno, [*before, *after]
        yield from _moved(before, one, after)
    yield from _missing(body, scope)


def _changed(one: ast.stmt, scope: Scope) -> Iterator[tuple[Kind, ast.stmt]]:
    """Statements that could replace this one: they assign, return or decide in another way."""
    if isinstance(one, ast.AugAssign):
        value = _loaded(one.target)
        for other in UPDATES:
            if not isinstance(one.op, other):
                yield Kind.SIGN, ast.AugAssign(one.target, other(), one.value)
        yield Kind.ASSIGNMENT, ast.Assign([one.target], one.value, lineno=one.lineno)
        long = ast.BinOp(value, one.op, one.value)  # not in place
        yield Kind.COPY, ast.Assign([one.target], long, lineno=one.lineno)
    elif isinstance(one, ast.Assign) and len(one.targets) == 1:
        target = one.targets[0]
        if isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
            for update in (ast.Add, ast.Sub):
                yield Kind.ASSIGNMENT, ast.AugAssign(target, update(), one.value)
        if isinstance(target, ast.Tuple) and not isinstance(one.value, ast.Tuple):
            for turned in _turned(target):  # w, h = x.shape  for  h, w = x.shape
                yield Kind.UNPACKED, ast.Assign([turned], one.value, lineno=one.lineno)
        if isinstance(target, ast.Name) and target.id in scope.attributes:
            yield Kind.NAME, _statement(f"self.{target.id} = {ast.unparse(one.value)}")
    elif isinstance(one, ast.For) and isinstance(one.target, ast.Tuple):
        for turned in _turned(one.target):
            yield Kind.UNPACKED, ast.For(turned, one.iter, one.body, one.orelse, lineno=one.lineno)
    elif isinstance(one, ast.If):
        yield Kind.CONDITION, ast.If(ast.UnaryOp(ast.Not(), one.test), one.body, one.orelse)
    elif isinstance(one, ast.Expr) and not _is_docstring(one):
        yield Kind.MISSING, ast.Return(one.value)
        if isinstance(one.value, ast.Call):
            for name in scope.names:
                yield Kind.UNUSED, _statement(f"{name} = {ast.unparse(one.value)}")


def _turned(names: ast.Tuple) -> Iterator[ast.Tuple]:
    """The names with two neighbours exchanged."""
    for i in range(min(len(names.elts), MOST_NAMES) - 1):
        first, second = names.elts[i : i + 2]
        turned = [*names.elts[:i], second, first, *names.elts[i + 2 :]]
        yield ast.Tuple(turned, ast.Store())


def _moved(before: Block, one: ast.stmt, after: Block) -> Found:
    """Blocks in which the statement stands inside or outside of a block beside it, or at an end."""
    if isinstance(one, ast.For | ast.While | ast.If) and len(one.body) > 1:
        last, first = one.body[-1], one.body[0]
        yield Kind.MOVED, last.lineno, [*before, _with_body(one, one.body[:-1]), last, *after]
        yield Kind.MOVED, first.lineno, [*before, first, _with_body(one, one.body[1:]), *after]
    if isinstance(one, ast.For | ast.While | ast.If) and after:
        inside = [*before, _with_body(one, [*one.body, after[0]]), *after[1:]]
        yield Kind.MOVED, after[0].lineno, inside
    if isinstance(one, ast.For | ast.While | ast.If) and before:
        inside = [*before[:-1], _with_body(one, [before[-1], *one.body]), *after]
        yield Kind.MOVED, before[-1].lineno, inside
    if len(after) > 1:
        end = len(after) - isinstance(after[-1], ast.Return)
        yield Kind.SWAPPED, one.lineno, [*before, *after[:end], one, *after[end:]]
    if len(before) > 1:
        yield Kind.SWAPPED, one.lineno, [one, *before, *after]


def _missing(body: Block, scope: Scope) -> Found:
    """Blocks with a statement that is often forgotten, at the start or before the last one."""
    first = body[1:] if _is_docstring(body[0]) and len(body) > 1 else body
    head = body[: len(body) - len(first)]
    line = first[0].lineno
    for name in scope.parameters:
        yield Kind.COPY, line, [*head, _statement(f"{name} = {name}.copy()"), *first]
        for attribute in scope.attributes:
            yield Kind.MISSING, line, [*head, _statement(f"self.{attribute} = {name}"), *first]
    for name in scope.names:
        for attribute in scope.attributes:
            last = [*body[:-1], _statement(f"self.{attribute} = {name}"), body[-1]]
            yield Kind.MISSING, body[-1].lineno, last
        for order in scope.may_be_arrays:
            if order != name and name not in scope.numbers:
                yield Kind.MISSING, line, [*head, _statement(f"{name} = {name}[{order}]"), *first]


def return_edits(body: Block, scope: Scope) -> Found:
    """Bodies with a `return` of one name, or of several, for a function that ends without one."""
    last = body[-1]
    if any(isinstance(it, ast.Return) and it.value for one in body for it in ast.walk(one)):
        return
    stored = [name for name in scope.names if name not in scope.parameters]
    for name in (*stored[::-1], *(f"self.{it}" for it in scope.attributes), *scope.parameters):
        yield Kind.RETURN, last.lineno, [*body, _statement(f"return {name}")]


def _with_body(one: ast.stmt, body: Block) -> ast.stmt:
    if isinstance(one, ast.For):
        return ast.For(one.target, one.iter, body, one.orelse, lineno=one.lineno)
    if isinstance(one, ast.While):
        return ast.While(one.test, body, one.orelse)
    assert isinstance(one, ast.If)
    return ast.If(one.test, body, one.orelse)


def _statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def _loaded(target: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(target), mode="eval").body


def _is_docstring(one: ast.stmt) -> bool:
    return isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
