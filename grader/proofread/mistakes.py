"""Slips in a file of misconceptions: a patch that replaces what does not exist, or cannot run."""

import ast
from collections.abc import Iterator
from pathlib import Path

from grader.content import in_file, shown
from grader.proofread.names import names_of, near, twice, unknown_names
from grader.proofread.solution import defined_in, inherits, text_of

BESIDE = {"sys", "np"}  # modules that grader.misconceptions imports for a patch


def slips_in_misconceptions(solution: str, solution_file: Path, file: Path) -> Iterator[str]:
    """Sentences, each with file and line."""
    text, why = text_of(file)
    if why:
        yield why
        return
    for said, line in twice(text):
        yield in_file(said, file, line)
    tree = ast.parse(text)
    patches = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for patch in patches:
        for decorator in patch.decorator_list:
            if isinstance(decorator, ast.Name) and decorator.id == "misconception":
                said = "@misconception takes what it says, what it asks, and its idea, in brackets"
                yield in_file(said, file, decorator.lineno)
        if any(isinstance(it, ast.Call) for it in patch.decorator_list):
            yield from _slips_in_patch(patch, text, solution, solution_file, file)


def _slips_in_patch(
    patch: ast.FunctionDef, text: str, solution: str, solution_file: Path, file: Path
) -> Iterator[str]:
    if len(patch.args.args) != 1:
        yield in_file(f"{patch.name} must take one argument, the module", file, patch.lineno)
        return
    module, known = patch.args.args[0].arg, names_of(solution)
    defined = known | defined_in(solution)
    for target in _targets(patch.body):
        owner, _, name = ast.unparse(target).partition(".")
        if owner == module and name and name not in defined and not inherits(name, solution):
            said = f"{patch.name} replaces {name}, and {shown(solution_file)} has no such thing"
            yield in_file(f"{said}{near(name, defined)}", file, target.lineno)
    # The patch alone, at its own lines, since only the patch is added to the solution.
    lines = text.splitlines()[patch.lineno - 1 : patch.end_lineno]
    alone = "\n" * (patch.lineno - 1) + "\n".join(lines)
    for name, line in unknown_names(alone, {*known, *BESIDE, patch.name}):
        yield in_file(f"{name} is defined nowhere that {patch.name} can see", file, line)


def _targets(statements: list[ast.stmt]) -> Iterator[ast.expr]:
    """The targets of assignments, without those in functions and classes."""
    for node in statements:
        if isinstance(node, ast.Assign):
            yield from node.targets
        elif not isinstance(node, ast.FunctionDef | ast.ClassDef):
            inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
            yield from _targets(inner)
