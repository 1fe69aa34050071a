"""Finds the names in a function that hold a single number."""

import ast
from collections.abc import Iterable, Set
from numbers import Real

from grader.check import Inputs
from grader.source import functions_in

OF_NUMBERS = {"len", "int", "float", "round", "abs", "min", "max", "sum"}


def drawn_numbers(draws: Iterable[Inputs]) -> frozenset[str]:
    """The names of inputs that checks draw as a single number, and nowhere as anything else."""
    numbers: set[str] = set()
    others: set[str] = set()
    for inputs in draws:
        for name, value in inputs.items():
            (numbers if isinstance(value, Real) else others).add(name)
    return frozenset(numbers - others)


def default_numbers(tree: ast.Module) -> frozenset[str]:
    """The names of parameters whose default is a number in some function of the module."""
    found: set[str] = set()
    for _, function in functions_in(tree):
        arguments = function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults = [
            *zip(positional[::-1], arguments.defaults[::-1], strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        found |= {it.arg for it, default in defaults if default and _is_number(default, set())}
    return frozenset(found)


def numbers_in(function: ast.FunctionDef | ast.AsyncFunctionDef, known: Set[str]) -> frozenset[str]:
    """Lengths of a shape, counters and ends of a range, parameters that are numbers, and sums.

    known: names of parameters that are numbers.
    """
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    found = {it.arg for it in every if it.arg in known}
    for node in ast.walk(function):
        match node:
            case ast.For():
                found |= _counted(node)
            case ast.Call(func=ast.Name(id="range"), args=ends):
                found |= {it.id for it in ends if isinstance(it, ast.Name)}
    while more := {it for node in ast.walk(function) for it in _made(node, found)} - found:
        found |= more
    return frozenset(found)


def _counted(loop: ast.For) -> set[str]:
    called = loop.iter.func if isinstance(loop.iter, ast.Call) else None
    name = called.id if isinstance(called, ast.Name) else ""
    target = loop.target
    if name == "enumerate" and isinstance(target, ast.Tuple):
        target = target.elts[0]
    return {target.id} if name in ("range", "enumerate") and isinstance(target, ast.Name) else set()


def _made(node: ast.AST, known: set[str]) -> set[str]:
    """Names that an assignment gives a number."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return set()
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Name):
        return {target.id} if _is_number(value, known) else set()
    if not isinstance(target, ast.Tuple):
        return set()
    names = [it.id if isinstance(it, ast.Name) else "" for it in target.elts]
    shape = value.value if isinstance(value, ast.Subscript) else value
    if isinstance(shape, ast.Attribute) and shape.attr == "shape":
        return set(filter(None, names))
    if isinstance(value, ast.Tuple) and len(value.elts) == len(names):
        made = zip(names, value.elts, strict=True)
        return {name for name, it in made if name and _is_number(it, known)}
    return set()


def _is_number(node: ast.expr, known: set[str]) -> bool:
    match node:
        case ast.Constant():
            return isinstance(node.value, int | float)
        case ast.Name():
            return node.id in known
        case ast.UnaryOp():
            return _is_number(node.operand, known)
        case ast.BinOp():
            return _is_number(node.left, known) and _is_number(node.right, known)
        case ast.Call(func=ast.Name(id=name)):
            return name in OF_NUMBERS
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant()):
            return True
    return False
