"""A notebook's cells as one text, in which each cell is found again."""

import re
from collections.abc import Iterable, Iterator

# The first line of the text: Python takes the coding from it, and never from a cell's comment.
START = "# -*- coding: utf-8 -*-"
HEAD = re.compile(r"# (.+), (\d+) lines")


def joined(cells: Iterable[tuple[str, str]]) -> str:
    """One text of all cells, given by name ("cell 3") and text.

    A line before each cell has its name and its number of lines.
    """
    texts = [START]
    for name, text in cells:
        n_lines = text.count("\n") + 1
        texts += [f"# {name}, {n_lines} lines", text]
    return "\n".join([*texts, ""])


def cells_of(file: str, code: bytes) -> Iterator[tuple[str, str]]:
    """The cells of a joined text, by names like "cell 3 of neuron.ipynb".

    A cell ends after its number of lines: its own text may look like the line before a cell.
    """
    lines = code.decode("utf-8", "replace").split("\n")
    at = 1
    while at < len(lines) and (head := HEAD.fullmatch(lines[at])):
        end = at + 1 + int(head[2])
        yield f"{head[1]} of {file}", "\n".join(lines[at + 1 : end])
        at = end
