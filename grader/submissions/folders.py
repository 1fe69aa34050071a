"""Lists the files in a class's folder on disk; follows no link."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from grader.submissions.archive import Found, file_at, refused
from grader.submissions.names import is_code, is_noise
from grader.submissions.people import METADATA
from grader.submissions.private import Refusal

MAX_FOLDERS = 8  # nested folders in a student's folder
MAX_FILES = 5_000  # in a student's folder; further ones are not listed
SYSTEM_FOLDERS = ("node_modules", "site-packages", "venv", "env")


def in_folder(submitted: Path, refusal: Refusal) -> Iterator[Found]:
    """The files in the folder and below; a folder at its top comes before the files in it."""
    for entry in sorted(submitted.iterdir()):
        path = (entry.name,)
        if os.path.islink(entry):
            yield refused(path, "it is a link")
        elif not _is_folder(entry):
            yield file_at(entry, submitted, refusal)
        else:
            yield refused(path, "it is a folder", folder=True)
            yield from islice(_below(entry, submitted, refusal), MAX_FILES)


def _below(folder: Path, submitted: Path, refusal: Refusal, depth: int = 1) -> Iterator[Found]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        path = (folder.relative_to(submitted).parts[0], f"its folder {folder.name}")
        yield refused(path, f"it cannot be read ({error.strerror})", folder=True)
        return
    for entry in entries:
        if entry.name in SYSTEM_FOLDERS or (is_noise(entry.name) and entry.name != METADATA):
            continue
        if not _is_folder(entry) or is_code(entry.name) or entry.suffix.lower() == ".zip":
            yield file_at(entry, submitted, refusal)
        elif depth < MAX_FOLDERS:
            yield from _below(entry, submitted, refusal, depth + 1)


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)  # Path's methods may raise
