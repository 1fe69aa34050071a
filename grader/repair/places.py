"""The functions of a student's file, the nearest to a failing check first."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent
from types import CodeType, FunctionType

from grader.check import Check, Probe
from grader.probe import Change
from grader.repair.edits import Edit, Function
from grader.repair.numbers import default_numbers
from grader.repair.scope import Scope, scope_of
from grader.source import first_line, functions_in, is_stub, trees_of

MOST_FUNCTIONS = 100  # in a file whose functions are edited
FAR = 10  # calls away: the distance of a function that no call reaches
MOST_NODES = 10_000  # of its syntax tree: five times a brick's


@dataclass(frozen=True)
class Place:
    """A function or method of the student's.

    name   qualified: "Dense.backward".
    file   the file or cell that it stands in, as messages name it.
    first  its first line there.
    """

    name: str
    file: str
    first: int
    function: Function
    scope: Scope

    @property
    def last(self) -> int:
        return self.function.end_lineno or self.first

    @property
    def is_stub(self) -> bool:
        """Whether it does nothing but raise NotImplementedError."""
        return is_stub(self.function)


def places_in(
    texts: Mapping[str, Sequence[str]], drawn: frozenset[str] = frozenset()
) -> list[Place]:
    """The functions in the lines of a file, or of cells; the last one of each name counts.

    Empty if the file is much larger than a brick. drawn: names of parameters that are numbers.
    """
    found: dict[str, Place] = {}
    trees = list(trees_of(texts))
    if _is_large([tree for _, tree in trees]):
        return []
    known_numbers = drawn.union(*(default_numbers(tree) for _, tree in trees))
    for file, module in trees:
        for name, function in functions_in(module):
            first = first_line(function)
            scope = scope_of(function, module, known_numbers)
            if ast.get_docstring(function, clean=False) is not None and len(function.body) > 1:
                del function.body[0]  # no edit needs it, and it takes longest to write out
            found[name] = Place(name, file, first, function, scope)
    return list(found.values())


def stubs_in(texts: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The functions that do nothing but raise NotImplementedError.

    A function whose name the file also binds in another way is left out: it may be written there.
    """
    stubs = {place.name for place in places_in(texts) if place.is_stub}
    for _, module in trees_of(texts):
        for node in ast.walk(module):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                stubs.discard(node.id)
            elif isinstance(node, ast.alias):
                stubs.discard(node.asname or node.name)
    return frozenset(stubs)


def change_of(place: Place, edit: Edit) -> Change | None:
    """The edit of the place's function as a change of the file; None if that is no Python."""
    try:
        text = edit.text
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return Change(
        place.file, place.first, place.last, indent(text, " " * place.function.col_offset)
    )


def _is_large(modules: Sequence[ast.Module]) -> bool:
    """Whether the file is much larger than a brick: time grows with functions times nodes."""
    nodes = [node for module in modules for node in ast.walk(module)]
    functions = sum(isinstance(node, ast.FunctionDef) for node in nodes)
    return functions > MOST_FUNCTIONS or len(nodes) > MOST_NODES


def by_distance(places: Sequence[Place], check: Check) -> list[tuple[int, Place]]:
    """How many calls each function is away from the check's part, the nearest first.

    If the part is a class, the methods that the probe calls have distance 0. Functions that no call
    reaches from the probe come last: a change of them matters only if a call is hidden.
    """
    of_probe = names_in_probe(check.probe)
    near = [it for it in places if it.name == check.part]
    if not near:
        near = [
            it
            for it in places
            if it.name.rpartition(".")[0] == check.part and _is_used(it, {check.part} | of_probe)
        ]
    if not near:
        called = set(re.findall(r"\w+", f"{check.part} {check.called}"))
        near = [it for it in places if _plain(it.name) in called]
    distance = _steps(places, near, {})
    start = [it for it in places if it.name not in distance and _is_used(it, of_probe)]
    reached = _steps(places, start, distance, 1)
    far = [(reached.get(place.name, FAR), place) for place in places]
    return sorted(far, key=lambda it: it[0])


def never_called(places: Sequence[Place], check: Check) -> frozenset[str]:
    """The parts to which no call leads, from the check's part or from its probe."""
    far = (place.name for distance, place in by_distance(places, check) if distance >= FAR)
    return frozenset(name.removesuffix(".__init__") for name in far)


def _steps(
    places: Sequence[Place], near: Sequence[Place], known: Mapping[str, int], steps: int = 0
) -> dict[str, int]:
    """By name, the number of calls from the near functions to each one that they reach."""
    distance = dict(known)
    while near:
        distance |= {place.name: steps for place in near}
        used = set[str]().union(*(_names_in(place.function) for place in near))
        steps += 1
        near = [it for it in places if it.name not in distance and _is_used(it, used)]
    return distance


def names_in_probe(probe: Probe) -> set[str]:
    """The names in a probe's code, and in the functions of its module that it uses."""
    found: set[str] = set()
    todo, seen = [probe.__code__], set[CodeType]()
    while todo:
        code = todo.pop()
        if code in seen:
            continue
        seen.add(code)
        found |= {*code.co_names, *code.co_freevars}
        todo += [it for it in code.co_consts if isinstance(it, CodeType)]
        used = (probe.__globals__.get(name) for name in code.co_names)
        todo += [
            it.__code__
            for it in used
            if isinstance(it, FunctionType) and it.__module__ == probe.__module__
        ]
    return found


def _is_used(place: Place, used: set[str]) -> bool:
    owner, _, name = place.name.rpartition(".")
    return name in used or (name == "__init__" and owner in used)


def _names_in(function: ast.AST) -> set[str]:
    nodes = list(ast.walk(function))
    return {n.attr for n in nodes if isinstance(n, ast.Attribute)} | {
        n.id for n in nodes if isinstance(n, ast.Name)
    }


def _plain(name: str) -> str:
    return name.rpartition(".")[2]
