"""The marks in a solution: what stands between BEGIN and END is what students write."""

import ast
import re
from collections.abc import Iterator

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
# A mark that is written wrongly.
LIKE_A_MARK = re.compile(r"\s*#+\s*(begin|end)[ _-]*sol\w*\W*$", re.IGNORECASE)


def regions(solution: str) -> list[tuple[str, int, int]]:
    """The regions that students write: the function's dotted name, lines of BEGIN and END."""
    bounds = [i for i, line in enumerate(solution.splitlines()) if line.strip() in (BEGIN, END)]
    functions: list[tuple[int, int, str]] = []

    def visit(node: ast.AST, names: tuple[str, ...]) -> None:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = (*names, node.name)
            functions.append((node.lineno - 1, node.end_lineno or 0, ".".join(names)))
        for child in ast.iter_child_nodes(node):
            visit(child, names)

    visit(ast.parse(solution), ())
    found = []
    for first, last in zip(bounds[::2], bounds[1::2], strict=True):
        # If a region ends a function, its END is after the function's last line.
        around = [(start, name) for start, end, name in functions if start < first <= end]
        found.append((max(around)[1] if around else "", first, last))
    return found


def slips_in_marks(solution: str) -> Iterator[tuple[str, int]]:
    """Sentences on wrong marks, each with its line, from 1."""
    opened = 0
    for number, line in enumerate(solution.splitlines(), start=1):
        mark = line.strip()
        if mark == BEGIN and opened:
            yield f"the solution that begins here has no `{END}`", opened
        elif mark == END and not opened:
            yield f"`{END}` ends a solution that has no `{BEGIN}`", number
        elif mark not in (BEGIN, END) and (meant := LIKE_A_MARK.match(line)):
            due = BEGIN if meant[1].lower() == "begin" else END
            yield f"`{mark}` is no mark: write `{due}`", number
        if mark in (BEGIN, END):
            opened = number if mark == BEGIN else 0
    if opened:
        yield f"the solution that begins here has no `{END}`", opened
