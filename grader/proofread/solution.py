"""Slips in a solution, and in checks that ask for what it does not define."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from grader.brick import Brick
from grader.content import in_file, line_of, shown
from grader.proofread.marks import regions, slips_in_marks
from grader.proofread.names import names_of, near, twice, unknown_names
from grader.source import functions_in

# Expressions that make no dict.
NO_DICT = (
    ast.Constant, ast.Tuple, ast.List, ast.Set, ast.ListComp, ast.SetComp, ast.GeneratorExp,
    ast.Compare, ast.UnaryOp, ast.JoinedStr, ast.Lambda,
)  # fmt: skip


def text_of(file: Path) -> tuple[str, str]:
    """The text of a Python file, and a sentence if it cannot be read: one of the two is empty."""
    try:
        code = file.read_bytes()
    except FileNotFoundError:
        return "", f"{shown(file)} is missing."
    try:
        text = code.decode("utf-8-sig")
        ast.parse(text)
    except UnicodeDecodeError as error:
        return "", in_file("this line is no UTF-8", file, code.count(b"\n", 0, error.start) + 1)
    except SyntaxError as error:
        return "", in_file(f"SyntaxError: {error.msg}", file, error.lineno)
    return text, ""


def slips_in_solution(brick: Brick, file: Path, checks: Path) -> Iterator[str]:
    """Sentences, each with file and line. checks: the file of the brick's checks."""
    text, why = text_of(file)
    if why:
        yield why
        return
    for said, line in (*slips_in_marks(text), *twice(text)):
        yield in_file(said, file, line)
    for name, line in unknown_names(text):
        yield in_file(f"{name} is defined nowhere", file, line)
    written = []
    for name, first, _ in regions(text):
        written.append(name)
        if not name:
            said = "a solution must stand in a function or a class"
            yield in_file(said, file, first + 1)
    defined = defined_in(text)
    for part in brick.parts:
        owner, alike = part.rpartition(".")[0], near(part, defined)
        if part not in defined and not inherits(part, text):
            if not alike and owner not in defined:
                continue  # a part need not have a function's name
            said = f"{shown(file)} has no {part}{alike}"
            yield in_file(said, checks, line_of(part, checks))
        elif written and not any(f"{name}.".startswith(f"{part}.") for name in written):
            said = f"{part} has points, and there is no solution in it: nothing is left to write"
            yield in_file(said, file, line_of(part.rpartition(".")[2], file))


@lru_cache(maxsize=64)
def defined_in(text: str) -> frozenset[str]:
    """Functions, classes and methods, by qualified name."""
    tree = ast.parse(text)
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    return frozenset({*classes, *(name for name, _ in functions_in(tree))})


def inherits(part: str, text: str) -> bool:
    """Whether the part is a method that may come from a base of its class."""
    owner = part.rpartition(".")[0]
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    return any(node.name == owner and node.bases for node in classes)


def slips_in_probes(solution: str, solution_file: Path, checks: Path) -> Iterator[str]:
    """Sentences on probes, of checks or pictures, that use a name which the module lacks."""
    known = names_of(solution)
    text, why = text_of(checks)
    if why:
        yield why
        return
    for name, line in unknown_names(text):
        yield in_file(f"{name} is defined nowhere", checks, line)
    for probe in ast.parse(text).body:
        if not isinstance(probe, ast.FunctionDef) or not probe.args.args:
            continue
        if not any(_declares(each) for each in probe.decorator_list):
            continue
        module = probe.args.args[0].arg
        if of_checks := slip_in_answer(probe, module):
            yield in_file(of_checks[0], checks, of_checks[1])
        for node in ast.walk(probe):
            if not isinstance(node, ast.Attribute) or ast.unparse(node.value) != module:
                continue
            if node.attr not in known:
                said = f"{shown(solution_file)} has no {node.attr}{near(node.attr, known)}"
                yield in_file(said, checks, node.lineno)


def slip_in_answer(probe: ast.FunctionDef, module: str) -> tuple[str, int] | None:
    """Why the probe returns no dict, and the line; None where it may."""
    returns = [node for node in _own_nodes(probe) if isinstance(node, ast.Return)]
    due = "a probe returns a dict of values by name, such as"
    for one in returns:
        if one.value is None or isinstance(one.value, NO_DICT):
            return f"{probe.name} returns no dict: {due} {{'y': y}}", one.lineno
        called = one.value.func if isinstance(one.value, ast.Call) else None
        if called and _root(called) == module:
            text = ast.unparse(one.value)
            return f"{probe.name} returns no dict: {due} {{{text!r}: {text}}}", one.lineno
    ends = isinstance(probe.body[-1], ast.Raise)
    return (
        None
        if returns or ends
        else (f"{probe.name} returns nothing: {due} {{'y': y}}", probe.lineno)
    )


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What is in the function, and not in a function in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _root(node: ast.expr) -> str:
    """The name that a call of attributes begins with: `a` of a.b(1).c."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def _declares(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in ("check", "picture")
