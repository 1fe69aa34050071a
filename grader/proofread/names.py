"""Names in a Python file: those that it defines, and those that it uses and does not define."""

import ast
import builtins
import symtable
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from functools import lru_cache

GIVEN = {*vars(builtins), "__file__", "__name__", "__doc__", "__annotations__"}


@lru_cache(maxsize=64)
def names_of(text: str) -> frozenset[str]:
    """The names that the text defines at its top level."""
    return frozenset(_defined(symtable.symtable(text, "<text>", "exec")))


def _defined(table: symtable.SymbolTable) -> set[str]:
    symbols = table.get_symbols()
    own = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported() or s.is_namespace()}
    return own | _declared_global(table)


def _declared_global(table: symtable.SymbolTable) -> set[str]:
    """The names that functions in the scope assign after `global`."""
    found = set[str]()
    for inner in table.get_children():
        symbols = inner.get_symbols()
        found |= {s.get_name() for s in symbols if s.is_declared_global() and s.is_assigned()}
        found |= _declared_global(inner)
    return found


def unknown_names(text: str, known: Collection[str] | None = None) -> Iterator[tuple[str, int]]:
    """Names that are used in the text and defined nowhere, with their lines.

    known: names that are defined; by default those of the text's top level.
    """
    top = symtable.symtable(text, "<text>", "exec")
    allowed = {*(_defined(top) if known is None else known), *GIVEN}
    lost = {name for name in _global_uses(top) if name not in allowed and "__" not in name}
    if not lost or "import *" in text:
        return
    lines = dict[str, int]()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and node.id in lost:
            lines.setdefault(node.id, node.lineno)
    yield from sorted(lines.items(), key=lambda each: each[1])


def _global_uses(table: symtable.SymbolTable) -> set[str]:
    """Names that the scope, or a scope in it, looks up in the module."""
    own = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module")
    }
    return own.union(*map(_global_uses, table.get_children()))


def twice(text: str) -> Iterator[tuple[str, int]]:
    """Functions and classes that the text defines a second time: the first one is lost."""
    seen = dict[str, int]()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if node.name in seen:
                yield f"{node.name} is defined in line {seen[node.name]} already", node.lineno
            seen[node.name] = node.lineno


def near(name: str, known: Collection[str]) -> str:
    """The end of a sentence that proposes the name that was meant; empty if none is alike."""
    alike = get_close_matches(name, sorted(known), 1)
    return f": did you mean {alike[0]}?" if alike else ""
