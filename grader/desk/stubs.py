"""Removes solutions from notebooks, as nbgrader does, and names the functions to write."""

import ast
from typing import Any

from nbgrader.preprocessors import ClearSolutions
from nbgrader.utils import is_solution

from grader.proofread.marks import BEGIN as BEGIN
from grader.proofread.marks import END as END

SOLUTION_TAG = "solution"  # on cells that only the solution has
MISSING = "raise NotImplementedError"


class NamedStubs(ClearSolutions):  # type: ignore[misc]  # nbgrader has no types
    """ClearSolutions, with the name of each function in its NotImplementedError.

    Cells that only the solution has (tag "solution") are removed.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        self.code_stub = {"python": MISSING}
        nb.cells = [c for c in nb.cells if SOLUTION_TAG not in c.metadata.get("tags", [])]
        nb, resources = super().preprocess(nb, resources)
        for cell in nb.cells:
            if cell.cell_type == "code" and is_solution(cell):
                cell.source = name_the_missing(cell.source)
        return nb, resources


def name_the_missing(source: str) -> str:
    """Gives every bare `raise NotImplementedError` the name of the function that it stands in."""
    lines = source.splitlines(keepends=True)

    def visit(node: ast.AST, names: tuple[str, ...]) -> None:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = (*names, node.name)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
            i = node.lineno - 1
            lines[i] = lines[i].replace(MISSING, f'{MISSING}("{".".join(names)}")')
        for child in ast.iter_child_nodes(node):
            visit(child, names)

    visit(ast.parse(source), ())
    return "".join(lines)
