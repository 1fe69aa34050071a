"""What a student handed in through nbgrader: notebooks as the sources of bricks."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.notebook import notebook_at, source_in
from grader.submission import Upload

# nbgrader looks for names as patterns, strips them, and puts them into its pages as they are.
MISREAD = re.compile(r"[*?\[\]<>]|^[\s.]|\s\Z")


def folder_of(student: str) -> str:
    """The student's name as nbgrader finds it: theirs, but for signs that it would not."""
    return MISREAD.sub("_", student)


def uploads_in(course: Course, folder: Path | None, own: Mapping[str, Upload]) -> dict[str, Upload]:
    """The student's bricks: those that are at hand, and others from the folder.

    folder: the student's, with one folder for each assignment.
    """
    found = dict(own)
    for brick in course.bricks:
        if folder is not None and brick not in found:
            path = next(iter(sorted(folder.glob(f"*/{brick}.ipynb"))), None)
            if path is not None:
                found[brick] = notebook_at(path)
    return found


def notebook_of(brick: str, notebook: Any) -> Upload:
    """The brick in a notebook that nbgrader has open."""
    return Upload(brick, f"{brick}.ipynb", json.dumps(notebook).encode, source_in)
