"""Finds the course's cells in a student's notebook, though their metadata is lost."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DEFINED = re.compile(r"^(?:def|class)[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class CourseCells:
    """The marked cells of a course's notebook.

    kinds: by grade id, the type of cell. tests: by text, the grade id of a test cell. solutions: by
    a name that the cell defines, the grade id of a solution cell.
    """

    kinds: Mapping[str, str]
    tests: Mapping[str, str]
    solutions: Mapping[str, str]

    @classmethod
    def of(cls, source: Any) -> "CourseCells":
        """Those of a notebook in nbgrader's gradebook."""
        written = {cell.name for cell in source.solution_cells}
        cells = [cell for cell in source.source_cells if cell.cell_type == "code"]
        return cls(
            {cell.name: cell.cell_type for cell in source.source_cells},
            {_bare(cell.source): cell.name for cell in cells if cell.name not in written},
            {
                name: cell.name
                for cell in cells
                if cell.name in written
                for name in DEFINED.findall(cell.source or "")[:1]
            },
        )

    def found_again(self, cells: Iterable[Any]) -> Iterator[tuple[str, Any]]:
        """The grade id of each missing cell, with the unmarked cell that has its text.

        If several cells define a function, the last one counts.
        """
        code = [cell for cell in cells if cell.cell_type == "code"]
        present = {
            cell.metadata["nbgrader"].grade_id for cell in cells if "nbgrader" in cell.metadata
        }
        for cell in reversed(code):
            if "nbgrader" in cell.metadata:
                continue
            names = [name for name in DEFINED.findall(cell.source) if name in self.solutions]
            ids = [self.tests.get(_bare(cell.source)), *(self.solutions[name] for name in names)]
            grade_id = next((one for one in ids if one and one not in present), None)
            if grade_id:
                present.add(grade_id)
                yield grade_id, cell


def _bare(text: str | None) -> str:
    return " ".join((text or "").split())
