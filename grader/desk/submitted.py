"""Reads a student's bricks from what was handed in through nbgrader."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.notebook import MAX_NOTEBOOK, source_in
from grader.regular_file import UnreadableSource, read_regular
from grader.source import MAX_BYTES
from grader.submission import files_of
from grader.submissions.private import Refusal, private_to
from grader.submissions.upload import Upload

# nbgrader uses names as glob patterns, strips them, and writes them into its pages unescaped.
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
            found[brick] = upload_at(files[0], folder.parent.parent, private_to(course.root))
    return found


def upload_at(path: Path, submitted: Path, refusal: Refusal) -> Upload:
    """The brick in the file; reading raises UnreadableSource if a folder of its path is a link."""

    def read(limit: int) -> bytes:
        below = [folder for folder in path.parents if submitted in folder.parents]
        if any(folder.is_symlink() for folder in below):
            raise UnreadableSource("it lies in a folder that is a link")
        return read_regular(path, limit, refusal)

    if path.suffix == ".py":
        return Upload(path.stem, path.name, lambda: read(MAX_BYTES))
    return Upload(path.stem, path.name, lambda: read(MAX_NOTEBOOK), source_in)


def notebook_of(brick: str, notebook: Any) -> Upload:
    """The brick in a notebook that nbgrader has open."""
    return Upload(brick, f"{brick}.ipynb", json.dumps(notebook).encode, source_in)
