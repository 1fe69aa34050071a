"""The names that an edit of a function may use: the student's own names of the same kind."""

import ast
import builtins
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from grader.repair.numbers import numbers_in
from grader.source import functions_in

COMMON = {"np", "numpy", "self", "math"} | set(dir(builtins))


@dataclass(frozen=True)
class Scope:
    """The names that an edit of one function may use.

    parameters  of the function, without self
    names       that hold values in the function, parameters too
    attributes  of self, in the function and its class
    functions   of the module
    signatures  by name, the parameters of the module's functions, methods and classes
    of_one      functions that the module calls with a single value
    numbers     of the names, those that hold a single number, as far as it is known
    arrays      of the names, those that hold an array, as far as the code shows it
    """

    parameters: tuple[str, ...]
    names: tuple[str, ...]
    attributes: tuple[str, ...]
    functions: tuple[str, ...]
    signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    of_one: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    arrays: frozenset[str] = frozenset()

    @property
    def may_be_numbers(self) -> tuple[str, ...]:
        return tuple(name for name in self.names if name not in self.arrays)

    @property
    def may_be_arrays(self) -> tuple[str, ...]:
        return tuple(name for name in self.names if name not in self.numbers)

    def like(self, name: str) -> tuple[str, ...]:
        """The other names that may hold a value of the same kind."""
        if name in self.numbers:
            kind = self.may_be_numbers
        else:
            kind = self.may_be_arrays if name in self.arrays else self.names
        return tuple(other for other in kind if other != name)


def scope_of(function: ast.AST, module: ast.Module, known_numbers: Set[str]) -> Scope:
    """The scope of a function or method in its module. known_numbers: names of parameters."""
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
    numbers = numbers_in(function, known_numbers)
    arrays = _arrays(function) - numbers
    signatures, of_one = _signatures(module), _of_one(module)
    return Scope(parameters, names, own, functions, signatures, of_one, numbers, arrays)


def _signatures(module: ast.Module) -> dict[str, tuple[str, ...]]:
    """Parameters without self, by the name in a call; a class has those of its `__init__`."""
    found = {}
    for qualified, function in functions_in(module):
        owner, _, name = qualified.rpartition(".")
        arguments = function.args
        names = [it.arg for it in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        found[owner if name == "__init__" else name] = tuple(it for it in names if it != "self")
    return found


def _of_one(module: ast.Module) -> tuple[str, ...]:
    """Functions that the module calls with one value, as in `softmax(z)`; no classes."""
    return tuple(
        dict.fromkeys(
            it.func.id
            for it in ast.walk(module)
            if isinstance(it, ast.Call)
            and isinstance(it.func, ast.Name)
            and it.func.id.islower()
            and it.func.id not in COMMON
            and len(it.args) == 1
            and not it.keywords
        )
    )


def _arrays(function: ast.AST) -> frozenset[str]:
    """Names that the function indexes, multiplies as matrices, or reads an attribute of."""
    found: set[str] = set()
    for node in ast.walk(function):
        of: list[ast.expr] = []
        if isinstance(node, ast.Subscript | ast.Attribute):
            of = [node.value]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            of = [node.left, node.right]
        found |= {it.id for it in of if isinstance(it, ast.Name)}
    return frozenset(found - COMMON)
