"""Taking solutions out of notebooks, as nbgrader does it, and saying what is missing."""

from typing import Any

from nbgrader.preprocessors import ClearSolutions
from nbgrader.utils import is_solution

from grader.author.build import MISSING, SOLUTION_TAG, name_the_missing


class NamedStubs(ClearSolutions):  # type: ignore[misc]  # nbgrader has no types
    """ClearSolutions, with the name of each function in its NotImplementedError.

    Cells that are for the solution alone (tag "solution") are left out.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        self.code_stub = {"python": MISSING}
        nb.cells = [c for c in nb.cells if SOLUTION_TAG not in c.metadata.get("tags", [])]
        nb, resources = super().preprocess(nb, resources)
        for cell in nb.cells:
            if cell.cell_type == "code" and is_solution(cell):
                cell.source = name_the_missing(cell.source)
        return nb, resources
