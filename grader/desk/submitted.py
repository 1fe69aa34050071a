"""Reads a student's bricks from what was handed in through nbgrader."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.notebook import MAX_NOTEBOOK, source_in
from grader.regular_file import read_regular
from grader.source import MAX_BYTES
from grader.submission import files_of
from grader.submissions.upload import Upload

# nbgrader takes names for glob patterns, strips them, and writes them into its pages unescaped.
UNSAFE = re.compile(r"[*?\[\]<>]|^[\s.]|\s\Z")


def folder_of(student: str) -> str:
    """The student's name, with `_` for each character that nbgrader does not handle."""
    return UNSAFE.sub("_", student)


def uploads_in(course: Course, folder: Path | None, own: Mapping[str, Upload]) -> dict[str, Upload]:
    """The student's bricks: `own`, and the others where the rule in grader.submission finds them.

    folder: the assignment's folder, in the student's.
    """
    found = dict(own)
    for brick in course.bricks:
        if folder is not None and brick not in found and (files := files_of(brick, folder)):
            found[brick] = upload_at(files[0])
    return found


def upload_at(path: Path) -> Upload:
    if path.suffix == ".py":
        return Upload(path.stem, path.name, lambda: read_regular(path, MAX_BYTES))
    return Upload(path.stem, path.name, lambda: read_regular(path, MAX_NOTEBOOK), source_in)


def notebook_of(brick: str, notebook: Any) -> Upload:
    """The brick in a notebook that nbgrader has open."""
    return Upload(brick, f"{brick}.ipynb", json.dumps(notebook).encode, source_in)
