"""The functions of a brick's reference: which of them a check uses, and the text of some of them.

That text is put beside a student's code. It holds the functions that are substituted and the
helpers that they call, and nothing else of the reference.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any

from grader.brick import Brick
from grader.check import Check
from grader.probe import Substituted
from grader.runner.substituting import OWN
from grader.source import functions_in

CONSTRUCTOR = "__init__"


@dataclass(frozen=True)
class Function:
    """A function or method. name: qualified.

    stores, loads: attributes of `self` that a method assigns, and that it reads.
    """

    name: str
    node: ast.FunctionDef

    @cached_property
    def owner(self) -> str:
        return self.name.rpartition(".")[0]

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(n.id for n in ast.walk(self.node) if isinstance(n, ast.Name))

    @cached_property
    def stores(self) -> frozenset[str]:
        return self._of_self(ast.Store)

    @cached_property
    def loads(self) -> frozenset[str]:
        return self._of_self(ast.Load)

    @cached_property
    def of_others(self) -> frozenset[str]:
        """Attributes of other objects, such as `step` in `self.dense.step()`."""
        return frozenset(
            n.attr
            for n in ast.walk(self.node)
            if isinstance(n, ast.Attribute) and not self.is_self(n.value)
        )

    def _of_self(self, context: type[ast.expr_context]) -> frozenset[str]:
        return frozenset(
            n.attr
            for n in ast.walk(self.node)
            if isinstance(n, ast.Attribute) and self.is_self(n.value) and isinstance(n.ctx, context)
        )

    def is_self(self, node: ast.AST) -> bool:
        """Whether the node is the method's `self`."""
        first = self.node.args.args[:1] if self.owner else []
        return isinstance(node, ast.Name) and node.id in {it.arg for it in first}


class ReferenceFunctions:
    """The functions in the code of a brick's reference.

    contract: attributes that checks and other bricks may use.
    """

    def __init__(self, brick: Brick, code: bytes, contract: Set[str]):
        self.brick = brick
        self._tree = ast.parse(code)
        self._functions = {f.name: f for f in _functions(self._tree)}
        self._classes = {f.owner for f in self._functions.values() if f.owner}
        self._stored = frozenset[str]().union(*(f.stores for f in self._functions.values()))
        self._contract = frozenset(contract)

    @property
    def names(self) -> frozenset[str]:
        """The qualified names of all functions."""
        return frozenset(self._functions)

    def of_part(self, part: str) -> frozenset[str]:
        """The functions of a part. A method that is no part itself belongs to its class."""
        if part not in self._classes:
            return frozenset({part} & self._functions.keys())
        methods = {name for name, f in self._functions.items() if f.owner == part}
        return frozenset(methods - self.brick.parts.keys())

    def used_by(self, check: Check) -> list[str]:
        """The functions that the check's probe uses, directly or through others; nearest first."""
        named = set(_names_in(check.probe))
        found = [
            name
            for name, f in self._functions.items()
            if _constructed(name) in named or (f.owner and name.rpartition(".")[2] in named)
        ]
        for name in found:  # the list grows
            found += [other for other in self._uses(name) if other not in found]
        return found

    def parts_used_by(self, check: Check) -> list[str]:
        """The parts before the check's own that its probe uses, in teaching order."""
        used, parts = set(self.used_by(check)), list(self.brick.parts)
        before = parts[: parts.index(check.part)]
        return [part for part in before if self.of_part(part) & used]

    def substituted(
        self, functions: Iterable[str], kept: Set[str] = frozenset(), alone: Iterable[str] = ()
    ) -> Substituted | None:
        """These functions, to run in place of the student's; None if there are none.

        kept: functions that must not be put beside the student's. Also None if one of these stores
            in the object what one of the others reads.
        alone: see Substituted.
        """
        replaced = [name for name in self._functions if name in set(functions)]
        followed = self._followed(replaced)
        if not replaced or kept & {*replaced, *followed}:
            return None
        given = self._with_helpers([*replaced, *followed])
        called = {n for name in given for n in self._functions[name].names} - set(given)
        return Substituted(
            self._text(given),
            tuple(replaced),
            tuple(name for name in replaced if name in set(alone)),
            tuple(followed),
            tuple(sorted(called & (self._classes | self._functions.keys()))),
            tuple(sorted(self._contract)),
        )

    def _uses(self, name: str) -> Iterator[str]:
        """The functions that this one calls, or that store attributes which it reads."""
        function = self._functions[name]
        for other, f in self._functions.items():
            method = other.rpartition(".")[2]
            same = f.owner and f.owner == function.owner
            if (
                _constructed(other) in function.names
                or (same and (method in function.loads or f.stores & self._private(function)))
                or (f.owner and not same and method in function.of_others)
            ):
                yield other

    def _private(self, function: Function) -> frozenset[str]:
        return (function.loads & self._stored) - self._contract

    def _followed(self, replaced: Iterable[str]) -> list[str]:
        """The methods that store attributes which the replaced ones read."""
        found = list(replaced)
        for name in found:  # the list grows
            function = self._functions[name]
            found += [
                other
                for other, f in self._functions.items()
                if f.owner == function.owner
                and f.stores & self._private(function)
                and other not in found
            ]
        return [name for name in self._functions if name in set(found) - set(replaced)]

    def _with_helpers(self, names: Iterable[str]) -> list[str]:
        """These functions, and the helpers that they call: functions that are no part."""
        found = list(names)
        for name in found:  # the list grows
            found += [
                other
                for other in self._functions
                if other in self._functions[name].names
                and other not in self.brick.parts
                and other not in found
            ]
        return found

    def _text(self, names: list[str]) -> bytes:
        """The functions as a module: a class holds its methods, and has no bases."""
        needed = frozenset[str]().union(*(self._functions[name].names for name in names))
        body: list[ast.stmt] = []
        for node in self._tree.body:
            if isinstance(node, ast.ClassDef):
                methods = [self._renamed(n) for n in names if self._functions[n].owner == node.name]
                if methods:
                    body.append(_class_with(node.name, methods))
            elif isinstance(node, ast.FunctionDef):
                body += [node] if node.name in names else []
            elif isinstance(node, ast.Import | ast.ImportFrom) or _binds(node) & needed:
                body.append(node)
        return ast.unparse(ast.fix_missing_locations(ast.Module(body, []))).encode()

    def _renamed(self, name: str) -> ast.stmt:
        """The method, in which attributes that the contract does not name have other names."""
        method = ast.parse(ast.unparse(self._functions[name].node)).body[0]
        assert isinstance(method, ast.FunctionDef)
        copy = Function(name, method)
        for node in ast.walk(method):
            if isinstance(node, ast.Attribute) and copy.is_self(node.value):
                own = node.attr in self._stored - self._contract
                node.attr = OWN + node.attr if own else node.attr
        return method


def contract_of(checks: str, references: Iterable[bytes]) -> frozenset[str]:
    """The attributes that references store and that the text of the checks names."""
    named = {n.attr for n in ast.walk(ast.parse(checks)) if isinstance(n, ast.Attribute)}
    stored = (f.stores for code in references for f in _functions(ast.parse(code)))
    return frozenset(named).intersection(frozenset[str]().union(*stored))


def _functions(tree: ast.Module) -> list[Function]:
    return [Function(name, node) for name, node in functions_in(tree)]


def _class_with(name: str, methods: list[ast.stmt]) -> ast.stmt:
    made = ast.parse(f"class {name}:\n    pass").body[0]
    assert isinstance(made, ast.ClassDef)
    made.body = methods
    return made


def _constructed(name: str) -> str:
    """The name by which code calls the function: for a constructor, the class's."""
    return name.removesuffix(f".{CONSTRUCTOR}")


def _binds(node: ast.AST) -> set[str]:
    return {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def _names_in(probe: Callable[..., Any]) -> Iterator[str]:
    """All names in a probe's code, and in the functions of its module that it calls."""
    assert isinstance(probe, FunctionType)
    codes, seen = [probe.__code__], {probe.__code__}
    while codes:
        code = codes.pop()
        yield from code.co_names
        inner = [it for it in code.co_consts if isinstance(it, CodeType)]
        for name in code.co_names:
            called = probe.__globals__.get(name)
            if isinstance(called, FunctionType) and called.__module__ == probe.__module__:
                inner.append(called.__code__)
        codes += [it for it in inner if it not in seen]
        seen.update(inner)
