"""Describes the operands in the student's line that raised: shapes of arrays, None, floats.

They are read in the process of the student's code, from the variables of the frame that raised. No
part of the line runs again.
"""

import ast
import difflib
import dis
import linecache
import traceback
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any

import numpy as np

from grader.language import _

MOST = 3  # operands that are named
LONGEST = 40  # characters of a name that is shown


def operands(frame: FrameType, line: traceback.FrameSummary, floats: bool = False) -> list[str]:
    """The operands in the expression that raised, in the order of the text, each in words.

    floats: whether floats are described, and no shapes.
    """
    found: dict[str, str] = {}
    for name, node in _names(_raised(line)):
        if name not in found and len(name) <= LONGEST and (words := _words(frame, node, floats)):
            found[name] = words.format(name=name)
    return list(found.values())[:MOST]


def did_you_mean(error: BaseException, frame: FrameType) -> str:
    """Python's own suggestion for a name that is not defined; empty if no name is near.

    Python prints it with a traceback, but the exception's text lacks it.
    """
    name = getattr(error, "name", None)
    if not isinstance(name, str):
        return ""
    if isinstance(error, NameError):
        builtin = frame.f_builtins
        known = [*frame.f_locals, *frame.f_globals, *builtin]
    elif isinstance(error, AttributeError):
        known = dir(error.obj)
    else:
        return ""
    near = difflib.get_close_matches(name, [it for it in known if isinstance(it, str)], 1, 0.6)
    return _("Did you mean: {name}?").format(name=repr(near[0])) if near else ""


def setters(cls: type, attribute: str) -> list[str]:
    """The methods of a class that assign an attribute of that name, of whatever object."""
    return [
        name
        for name, value in vars(cls).items()
        for code in [getattr(value, "__code__", None)]
        if isinstance(code, CodeType) and attribute in _assigned(code)
    ]


def _assigned(code: CodeType) -> set[str]:
    return {it.argval for it in dis.get_instructions(code) if it.opname == "STORE_ATTR"}


def calls_a_method(code: CodeType, at: int) -> bool:
    """Whether the instruction looks up an attribute in order to call it."""
    name = dis.opname[code.co_code[at]]
    return name == "LOAD_METHOD" or (
        name == "LOAD_ATTR" and "LOAD_METHOD" not in dis.opmap and bool(code.co_code[at + 1] & 1)
    )


def without_return(frame: FrameType, line: traceback.FrameSummary) -> str:
    """The function in the line that returns nothing, if there is exactly one; else empty."""
    found = {
        name
        for name, node in _called(_raised(line))
        if isinstance(code := getattr(_value(frame, node), "__code__", None), CodeType)
        and _returns_nothing(code)
    }
    return found.pop() if len(found) == 1 else ""


def _returns_nothing(code: CodeType) -> bool:
    if code.co_flags & 0x20:  # a generator returns one
        return False
    steps = list(dis.get_instructions(code))
    for before, step in zip([None, *steps], steps, strict=False):
        if step.opname == "RETURN_CONST" and step.argval is not None:
            return False
        none = before and before.opname == "LOAD_CONST" and before.argval is None
        if step.opname == "RETURN_VALUE" and not none:
            return False
    return True


def _raised(line: traceback.FrameSummary) -> ast.AST | None:
    """The expression that raised; before Python 3.11, the whole line."""
    text = linecache.getline(line.filename, line.lineno or 0)
    first, last = getattr(line, "colno", None), getattr(line, "end_colno", None)
    one_line = getattr(line, "end_lineno", line.lineno) == line.lineno
    if one_line and first is not None and last is not None:
        part = text.encode()[first:last].decode(errors="replace")
        if (tree := _parsed(part)) is not None:
            return tree
    return _parsed(text.strip()) or _parsed(f"{text.strip()}\n    pass")


def _parsed(text: str) -> ast.AST | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def _names(tree: ast.AST | None) -> Iterator[tuple[str, ast.expr]]:
    """Variables and attributes of variables, except those of called functions."""
    if tree is None:
        return
    called = {it.func for it in ast.walk(tree) if isinstance(it, ast.Call)}
    yield from _plain(tree, lambda node: node not in called)


def _called(tree: ast.AST | None) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and _is_plain(node.func):
            yield ast.unparse(node.func), node.func


def _plain(node: ast.AST, wanted: Callable[[ast.AST], bool]) -> Iterator[tuple[str, ast.expr]]:
    if _is_plain(node):
        if wanted(node):
            yield ast.unparse(node), node  # type: ignore[misc]
        elif isinstance(node, ast.Attribute):  # the array of which a method is called
            yield from _plain(node.value, wanted)
        return
    for child in ast.iter_child_nodes(node):
        yield from _plain(child, wanted)


def _is_plain(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _value(frame: FrameType, node: ast.AST) -> Any:
    """The value of a variable or of its attribute; None if there is none of that name."""
    if isinstance(node, ast.Attribute):
        owner = _value(frame, node.value)
        try:
            return None if owner is None else getattr(owner, node.attr, None)
        except Exception:  # a property of the student's own
            return None
    name = node.id if isinstance(node, ast.Name) else ""
    return frame.f_locals.get(name, frame.f_globals.get(name))


def _shape(value: Any) -> tuple[int, ...] | None:
    """The shape of an array, or of a tensor or variable of TensorFlow or Keras."""
    if isinstance(value, np.ndarray):
        return tuple(value.shape)
    if type(value).__module__.partition(".")[0] not in ("tensorflow", "keras"):
        return None
    try:
        return tuple(map(int, value.shape))
    except Exception:  # without a shape, or not all of it is known
        return None


def _words(frame: FrameType, node: ast.expr, floats: bool) -> str:
    value = _value(frame, node)
    if isinstance(value, float) and floats:
        return _("{name} is {value}, a float").replace("{value}", f"{value:.5g}")
    if not floats and (shape := _shape(value)) is not None:
        return _("{name} has the shape {shape}").replace("{shape}", str(shape))
    if value is None and isinstance(node, ast.Name) and node.id in frame.f_locals:
        return _("{name} is None")
    return ""
