"""The names that an edit of a function may use: the student's own, of like kind."""

import ast
import builtins
from dataclasses import dataclass

COMMON = {"np", "numpy", "self", "math"} | set(dir(builtins))


@dataclass(frozen=True)
class Scope:
    """parameters  of the function, without self
    names       that hold values in the function, parameters too
    attributes  of self, in the function and its class
    functions   of the module, and methods of the class as self.<name>
    """

    parameters: tuple[str, ...]
    names: tuple[str, ...]
    attributes: tuple[str, ...]
    functions: tuple[str, ...]


def scope_of(function: ast.AST, module: ast.Module) -> Scope:
    """The scope of a function or method in its module."""
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parameters = tuple(a.arg for a in every if a.arg != "self")
    functions = tuple(one.name for one in module.body if isinstance(one, ast.FunctionDef))
    classes = {one.name for one in module.body if isinstance(one, ast.ClassDef)}
    called = {
        n.func.id
        for n in ast.walk(function)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name)]
    outside = COMMON | set(functions) | classes | called
    names = tuple(dict.fromkeys([*parameters, *(n for n in stored if n not in outside)]))
    owner = next(
        (c for c in module.body if isinstance(c, ast.ClassDef) and function in c.body), None
    )
    attributes = [
        n.attr
        for n in ast.walk(owner or function)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"
    ]
    methods = {m.name for m in owner.body if isinstance(m, ast.FunctionDef)} if owner else set()
    own = tuple(dict.fromkeys(a for a in attributes if a not in methods))
    return Scope(parameters, names, own, functions)
