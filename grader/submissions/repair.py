"""Repairs a notebook that a student handed in, so that nbformat and nbgrader accept it."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import nbformat

from grader.notebook import parsed, source_in

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
PLAIN = (str, int, float, bool)


def repaired(handed: bytes) -> Any:
    """The notebook, as nbformat reads it. Raises UnreadableSource if its code cannot be graded.

    The class engine reads only code, so it also grades notebooks that Jupyter would not open. For
    nbgrader, the cells of such a notebook are made anew from their text and nbgrader's metadata.
    """
    source_in("", handed)
    found = parsed(handed)
    try:
        return _read(_without_widgets(found.get("metadata", {})), found["cells"])
    except (nbformat.ValidationError, RecursionError):
        return _read({}, [_made_anew(cell) for cell in found["cells"]])


def _without_widgets(metadata: Any) -> Any:
    """The metadata without widgets: nbconvert fails on those without a state, as Colab has them."""
    if not isinstance(metadata, dict):
        return metadata
    return {name: value for name, value in metadata.items() if name != "widgets"}


def _read(metadata: Any, cells: Sequence[dict[str, Any]]) -> Any:
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [*_with_ids(cells)]}
    nbformat.validate(made)
    # JSON can hold half a character (a lone surrogate), a file in UTF-8 cannot.
    text = json.dumps(made, ensure_ascii=False).encode("utf-8", "replace").decode()
    read: Any = nbformat.reads(text, as_version=4)
    nbformat.writes(read)  # raises if the notebook is nested too deeply
    return read


def _with_ids(cells: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The cells; numbered if not all ids are valid, since nbformat draws new ids at each read."""
    ids = [cell.get("id") for cell in cells]
    valid = {name for name in ids if isinstance(name, str) and ID.fullmatch(name)}
    for number, cell in enumerate(cells, 1):
        yield cell if len(valid) == len(ids) else {**cell, "id": f"cell-{number}"}


def _made_anew(cell: dict[str, Any]) -> dict[str, Any]:
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    metadata = cell.get("metadata")
    information = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    made: dict[str, Any] = {
        "cell_type": cell["cell_type"] if cell["cell_type"] in ("code", "raw") else "markdown",
        "metadata": {},
        "source": "".join(line for line in lines if isinstance(line, str)),
    }
    if isinstance(information, dict):
        plain = {k: v if isinstance(v, PLAIN) else bool(v) for k, v in information.items()}
        made["metadata"]["nbgrader"] = plain
    if made["cell_type"] == "code":
        return {**made, "outputs": [], "execution_count": None}
    attachments = {"attachments": cell.get("attachments")}
    return {**made, **attachments} if _fits({"id": "x", **made, **attachments}) else made


def _fits(cell: dict[str, Any]) -> bool:
    try:
        nbformat.validate(cell, ref=f"{cell['cell_type']}_cell", version=4, version_minor=5)
    except (nbformat.ValidationError, RecursionError):
        return False
    return True
