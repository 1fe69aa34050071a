"""Finds out what a student means by pytest's arguments: their own files, names of bricks."""

import ast
import difflib
from collections.abc import Collection, Sequence
from pathlib import Path

from grader.language import _

MOST_ALIKE = 0.6  # difflib's ratio from which on a name may be a misspelling of another


def bricks_asked_for(expression: str, bricks: Collection[str]) -> list[str] | None:
    """The bricks that `-k` names, "layer" or "not layer"; None where it names anything else."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except SyntaxError:
        return None
    allowed = (ast.Expression, ast.BoolOp, ast.UnaryOp, ast.And, ast.Or, ast.Not, ast.Name)
    nodes = [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    if not names or not names <= set(bricks) or not all(isinstance(n, allowed) for n in nodes):
        return None
    return [brick for brick in bricks if _holds(tree.body, brick)]


def _holds(node: ast.expr, brick: str) -> bool:
    match node:
        case ast.Name(id=name):
            return name == brick
        case ast.UnaryOp(operand=operand):
            return not _holds(operand, brick)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_holds(value, brick) for value in values)
        case ast.BoolOp(values=values):
            return any(_holds(value, brick) for value in values)
    raise TypeError(f"{ast.dump(node)} is no choice of bricks")


def meant(arguments: Sequence[str], folder: Path) -> str:
    """A sentence for an argument that names a brick's own file, or a file that does not exist.

    Empty where all arguments can be run. folder: where pytest was started.
    """
    for argument in arguments:
        path = folder / argument.partition("::")[0]
        checks = {file.name for file in path.parent.glob("test_*.py")}
        if not checks:
            continue
        wanted = f"test_{path.stem}.py"
        if path.name not in checks and wanted in checks:
            said = _("{file} is the file that you write; its checks are in {checks}. Run: {run}")
            run = f"pytest {_beside(argument, wanted)}"
            return said.format(file=argument, checks=wanted, run=run)
        if not path.exists():
            bricks = [name.removeprefix("test_") for name in sorted(checks)]
            near = alike(path.name, [*sorted(checks), *bricks])
            if near:
                beside = _beside(argument, near if near in checks else f"test_{near}")
                said = _("There is no file {file}. Run: {run}")
                return said.format(file=argument, run=f"pytest {beside}")
    return ""


def alike(name: str, names: Collection[str]) -> str:
    """The name that this one may be a misspelling of; empty if none is near."""
    found = difflib.get_close_matches(name, names, n=1, cutoff=MOST_ALIKE)
    return found[0] if found else ""


def _beside(argument: str, name: str) -> str:
    return Path(argument.partition("::")[0]).with_name(name).as_posix()
