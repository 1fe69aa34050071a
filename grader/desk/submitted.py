"""What a student handed in through nbgrader: notebooks as the sources of bricks."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.classroom.archive import read_regular
from grader.classroom.notebook import MAX_NOTEBOOK, code_of
from grader.course import Course
from grader.implementation import Source
from grader.outcome import Unloadable
from grader.submission import Handed, Upload, handed_in


def handed_in_notebooks(course: Course, folder: Path | None, opened: Mapping[str, Any]) -> Handed:
    """The student's bricks: those that are open already, and others from the folder.

    folder: the student's, with one folder for each assignment.
    opened: notebooks by brick.
    """
    handed = {brick: source_in(brick, notebook.cells) for brick, notebook in opened.items()}
    for brick in course.bricks:
        if folder is not None and brick not in handed:
            path = next(iter(sorted(folder.glob(f"*/{brick}.ipynb"))), None)
            if path is not None:
                handed[brick] = read_notebook(brick, path)
    return handed


def read_notebook(brick: str, path: Path) -> Source | Unloadable:
    """The brick in a notebook, or why it cannot be one."""
    return handed_in(Upload(brick, path.name, lambda: code_of(read_regular(path, MAX_NOTEBOOK))))


def source_in(brick: str, cells: Sequence[Any]) -> Source | Unloadable:
    """The brick in the cells of a notebook."""
    notebook = json.dumps({"nbformat": 4, "cells": cells}).encode()
    return handed_in(Upload(brick, f"{brick}.ipynb", lambda: code_of(notebook)))
