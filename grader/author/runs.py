"""A journal of finished runs, one a line, so that an interruption loses no hours of training.

A run's key is a digest of all that decides its accuracy: a changed reference is measured anew, and
an unrelated change in the file of checks costs no run.
"""

import ast
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from grader import mnist
from grader.check import Check
from grader.source import Source


@dataclass(frozen=True)
class Reached:
    """The accuracy that one run reached, or why there is none."""

    key: str
    check: str
    by: str
    seed: int
    share: float | None
    why: str = ""


def read_journal(path: Path) -> dict[str, Reached]:
    """Runs by key. A line that an interruption cut off is skipped."""
    found: dict[str, Reached] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                run = Reached(**json.loads(line))
            except (ValueError, TypeError):
                continue
            found[run.key] = run
    return found


def append(path: Path, run: Reached) -> None:
    """Adds a line, which is on disk when this returns, and does not continue a cut-off line."""
    with path.open("a+b") as file:
        end = file.seek(0, 2)
        if end:
            file.seek(end - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(asdict(run)).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def setting(check: Check, checks_file: Path, files: Sequence[Path] = ()) -> str:
    """All that decides runs at a bar, as text: probe, inputs, data and numeric libraries.

    files: those that the brick's checks read.
    """
    libraries = ["numpy", "keras"] if check.keras else ["numpy"]
    return "\n".join(
        [
            code_behind(checks_file.read_text(encoding="utf-8"), check.name),
            code_behind(Path(mnist.__file__).read_text(encoding="utf-8"), "draw"),
            mnist.load().sha256,
            *(hashlib.sha256(file.read_bytes()).hexdigest() for file in files),
            *(f"{name} {version(name)}" for name in libraries),
        ]
    )


def key(setting: str, sources: Sequence[Source], seed: int) -> str:
    """The key of a run that trains the last source; others count only if it imports them."""
    digest = hashlib.sha256(setting.encode())
    for source in imported(sources):
        digest.update(f"\n{source.brick} {len(source.code)}\n".encode() + source.code)
    digest.update(f"\nseed {seed}".encode())
    return digest.hexdigest()[:32]


def imported(sources: Sequence[Source]) -> list[Source]:
    """The last source and the others that it imports, directly or through another."""
    by_name = {source.brick: source for source in sources}
    found, queue = set(), [sources[-1].brick]
    while queue:
        name = queue.pop()
        found.add(name)
        try:
            tree = ast.parse(by_name[name].code)
        except SyntaxError:
            continue  # the run itself reports the error
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            queue += [name for name in names if name in by_name and name not in found]
    return [source for source in sources if source.brick in found]


def code_behind(text: str, function: str) -> str:
    """The function of that name, its check's inputs and labels, and all names of the file they use.

    Points, hints, docstrings and other checks do not change the accuracy of a run.
    """
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    defined = {name: node for node in tree.body for name in _names_defined(node)}
    start = defined.get(function)
    if not isinstance(start, ast.FunctionDef):
        return ast.unparse(tree)  # no function at the top level: anything may matter
    given = [
        keyword
        for decorator in start.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
        if keyword.arg in ("inputs", "labels")
    ]
    start.decorator_list = []
    used = {function}
    queue: list[ast.AST] = [start, *given]
    code = []
    while queue:
        node = queue.pop(0)
        code.append(ast.unparse(node))
        for name in sorted(_names_used(node) & defined.keys() - used):
            used.add(name)
            queue.append(defined[name])
    return "\n".join(code)


def _names_defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return []  # one line may import names for several checks
    return [
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    ]


def _names_used(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
