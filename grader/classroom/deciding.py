"""Digests of what decides a grade besides the student's files: engine and installed packages.

Comments, docstrings and packages that nothing imports do not count.
"""

import ast
import hashlib
import platform
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from grader.content import ENGINE
from grader.unchanged import while_unchanged

# The modules where grading begins: in the grader, in the processes that it starts (their first
# import is in a string), and in checks files. The modules that these import are found from here.
ROOTS = (
    *("grader", "grader.mnist"),
    *("grader.classroom.grading", "grader.classroom.isolation"),
    *("grader.runner.child", "grader.sandbox.zygote"),
)
# What checks, solutions and engine compute with; a student's own imports come on top.
NUMERIC = (*("numpy", "keras", "tensorflow", "tensorflow-cpu"), *("safetensors", "ml-dtypes"))
WORD = re.compile(rb"[A-Za-z_]\w*")


@lru_cache
def engine() -> str:
    """A digest of the code that decides grades; with the same digest, two machines grade alike."""
    return engine_in(ENGINE)


def engine_in(package: Path) -> str:
    return digest(f"{name} {code_of(file)}" for name, file in sorted(modules(package).items()))


def modules(package: Path) -> dict[str, Path]:
    """The modules that grading can import, with their files: ROOTS and all that these import."""
    found: dict[str, Path] = {}
    queue = list(ROOTS)
    while queue:
        name = queue.pop()
        file = _file_of(package, name)
        if file is None or name in found:
            continue
        found[name] = file
        queue += _imported(name, file)
        queue.append(name.rpartition(".")[0])  # its package runs first
    return found


def _file_of(package: Path, name: str) -> Path | None:
    first, *rest = name.split(".")
    if first != package.name:
        return None
    path = package.joinpath(*rest)
    files = [path / "__init__.py", path.with_name(f"{path.name}.py")] if rest else []
    return next((f for f in files or [path / "__init__.py"] if f.is_file()), None)


def _imported(name: str, file: Path) -> Iterator[str]:
    """Names that may be modules. Imports in functions count, but not those of grader/__init__.py,
    which serve notebooks.
    """
    tree = ast.parse(file.read_bytes())
    for node in tree.body if name == ENGINE.name else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@while_unchanged
def code_of(file: Path) -> str:
    """A digest of a Python file without comments, docstrings and layout, or of any other file."""
    content = file.read_bytes()
    if file.suffix != ".py":
        return hashlib.sha256(content).hexdigest()
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):  # the error appears when the file runs
        return hashlib.sha256(content).hexdigest()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body[0] = ast.Pass()
    return hashlib.sha256(ast.dump(tree).encode("utf-8", "surrogateescape")).hexdigest()


def packages() -> list[str]:
    """The versions of Python and of the packages that everything is computed with."""
    found = [(name, _version(name)) for name in NUMERIC]
    numeric = [f"{name} {known}" for name, known in found if known]
    return [f"python {platform.python_version()}", *numeric]


def packages_of(code: bytes) -> list[str]:
    """Installed packages that the code's imports name, with their versions.

    The code is not parsed, since Python's parser takes minutes for some files. Instead, each word
    of a line with an import in it counts, so that `__import__("scipy")` counts as well.
    """
    lines = code.replace(b"\\\n", b" ").splitlines()
    words = {word for line in lines if b"import" in line for word in WORD.findall(line)}
    owners = _owners()
    names = {owner for word in words for owner in owners.get(word.decode(), ())}
    return sorted(f"{name} {_version(name)}" for name in names)


@lru_cache
def _owners() -> dict[str, list[str]]:
    """The packages that have a module, by the module's name."""
    return dict(packages_distributions())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
