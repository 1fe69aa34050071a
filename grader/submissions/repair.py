"""A notebook as a student handed it in, made whole where nbformat and nbgrader want more of it."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import nbformat

from grader.notebook import parsed, source_in

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
PLAIN = (str, int, float, bool)


def whole(handed: bytes) -> Any:
    """The notebook, for nbformat. Raises UnreadableSource where its code could not be graded.

    The class engine looks at code alone and grades what Jupyter would not open; so that nbgrader
    does as well, such a notebook's cells are made anew, from their text and their marks.
    """
    source_in("", handed)
    found = parsed(handed)
    try:
        return _read(found.get("metadata", {}), found["cells"])
    except (nbformat.ValidationError, RecursionError):
        return _read({}, [_anew(cell) for cell in found["cells"]])


def _read(metadata: Any, cells: Sequence[dict[str, Any]]) -> Any:
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [*_named(cells)]}
    nbformat.validate(made)
    # No file can hold half a character (a lone surrogate), which JSON can.
    text = json.dumps(made, ensure_ascii=False).encode("utf-8", "replace").decode()
    read: Any = nbformat.reads(text, as_version=4)
    nbformat.writes(read)  # or it is nested too deeply
    return read


def _named(cells: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """With the ids that they have, or numbered: nbformat would draw others at each reading."""
    ids = [cell.get("id") for cell in cells]
    fine = {name for name in ids if isinstance(name, str) and ID.fullmatch(name)}
    for number, cell in enumerate(cells, 1):
        yield cell if len(fine) == len(ids) else {**cell, "id": f"cell-{number}"}


def _anew(cell: dict[str, Any]) -> dict[str, Any]:
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    made: dict[str, Any] = {
        "cell_type": cell["cell_type"] if cell["cell_type"] in ("code", "raw") else "markdown",
        "metadata": {},
        "source": "".join(line for line in lines if isinstance(line, str)),
    }
    if isinstance(marks, dict):
        plain = {k: v if isinstance(v, PLAIN) else bool(v) for k, v in marks.items()}
        made["metadata"]["nbgrader"] = plain
    if made["cell_type"] == "code":
        return {**made, "outputs": [], "execution_count": None}
    pictures = {"attachments": cell.get("attachments")}
    return {**made, **pictures} if _fits({"id": "x", **made, **pictures}) else made


def _fits(cell: dict[str, Any]) -> bool:
    try:
        nbformat.validate(cell, ref=f"{cell['cell_type']}_cell", version=4, version_minor=5)
    except (nbformat.ValidationError, RecursionError):
        return False
    return True
