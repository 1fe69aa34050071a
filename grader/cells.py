"""A notebook's cells as one text, in which each cell is found again."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# The first line of the text: Python takes the coding from it, and never from a cell's comment.
START = "# -*- coding: utf-8 -*-"
HEAD = re.compile(r"# (.+?), (\d+) lines(, not run)?")


@dataclass(frozen=True)
class Cell:
    """A cell with code. why: the reason why it does not run, "is raw, so ..."; empty if it runs."""

    name: str
    text: str
    why: str = ""


def joined(cells: Iterable[Cell]) -> str:
    """One text of all cells.

    A line before each cell has its name and its number of lines. A cell that does not run is made
    of comments, and the first of them says why.
    """
    texts = [START]
    for cell in cells:
        text = cell.text
        if cell.why:
            text = "\n".join(f"# {line}" for line in (cell.why, *cell.text.split("\n")))
        n_lines = text.count("\n") + 1
        texts += [f"# {cell.name}, {n_lines} lines{', not run' if cell.why else ''}", text]
    return "\n".join([*texts, ""])


def cells_of(file: str, code: bytes) -> Iterator[tuple[str, str]]:
    """The cells of a joined text, by names like "cell 3 of neuron.ipynb"."""
    for cell in all_cells(file, code):
        yield cell.name, cell.text


def all_cells(file: str, code: bytes) -> Iterator[Cell]:
    """The cells of a joined text, also those that do not run.

    A cell ends after its number of lines: its own text may look like the line before a cell.
    """
    lines = code.decode("utf-8", "replace").split("\n")
    at = 1
    while at < len(lines) and (head := HEAD.fullmatch(lines[at])):
        end = at + 1 + int(head[2])
        why = lines[at + 1].removeprefix("# ") if head[3] else ""
        yield Cell(f"{head[1]} of {file}", "\n".join(lines[at + 1 : end]), why)
        at = end
