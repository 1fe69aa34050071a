"""Finds the line that changed an argument in place, if only one line of the function can have."""

import ast
from collections.abc import Iterator

from grader.outcome import AFTER_THE_CALL, Line, Outcome, WrongValue
from grader.source import Source, functions_in, shown_line, trees_of

IN_PLACE = frozenset(("sort", "fill", "partition", "put", "itemset", "resize"))


def in_place(outcome: Outcome, part: str, source: Source) -> Line | None:
    """The line of that part's function that changes the argument; None if several lines may.

    An argument that gets another value first is no longer the caller's array.
    """
    name = getattr(outcome, "name", "")
    if not isinstance(outcome, WrongValue) or not name.endswith(AFTER_THE_CALL) or not source.own:
        return None
    argument, texts = name.removesuffix(AFTER_THE_CALL), source.texts
    found = [
        Line(file, node.lineno, function.name, shown_line(texts[file], node.lineno))
        for file, tree in trees_of(texts)
        for function in [it for named, it in functions_in(tree) if named == part][-1:]
        if argument in {it.arg for it in function.args.args}
        for node in _changes(function, argument)
    ]
    return found[0] if len(found) == 1 else None


def _changes(function: ast.FunctionDef, argument: str) -> Iterator[ast.stmt]:
    """Statements that change the array; none if the name is ever assigned another value."""
    statements = [
        it for it in ast.walk(function) if isinstance(it, ast.stmt) and it is not function
    ]
    targets = [target for it in statements if isinstance(it, ast.Assign) for target in it.targets]
    if any(isinstance(it, ast.Name) and it.id == argument for t in targets for it in _stored(t)):
        return
    for it in statements:
        if (isinstance(it, ast.AugAssign) and _is_of(it.target, argument)) or (
            isinstance(it, ast.Assign)
            and any(isinstance(to, ast.Subscript) and _is_of(to, argument) for to in it.targets)
        ):
            yield it
            continue
        calls = (call for call in ast.walk(it) if isinstance(call, ast.Call))
        if isinstance(it, ast.Expr | ast.Assign | ast.Return) and any(
            _fills(call, argument) for call in calls
        ):
            yield it


def _stored(target: ast.expr) -> Iterator[ast.AST]:
    return (it for it in ast.walk(target) if isinstance(getattr(it, "ctx", None), ast.Store))


def _is_of(target: ast.expr, argument: str) -> bool:
    while isinstance(target, ast.Subscript):
        target = target.value
    return isinstance(target, ast.Name) and target.id == argument


def _fills(call: ast.Call, argument: str) -> bool:
    """Whether a call writes its result into the array, by `out` or by a method that does."""
    if any(it.arg == "out" and _is_of(it.value, argument) for it in call.keywords):
        return True
    method = call.func
    return (
        isinstance(method, ast.Attribute)
        and method.attr in IN_PLACE
        and _is_of(method.value, argument)
    )
