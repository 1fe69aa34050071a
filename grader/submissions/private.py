"""Refuses a course's own files, handed in under another name by a hard link."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.seed import FILE as SEED

Refusal = Callable[[os.stat_result], str]  # gives the reason to refuse an open file, or ""
FOLDERS = ("solutions", "source")
GRADEBOOK = "gradebook.db"


def private_to(root: Path) -> Refusal:
    """Refuses a hard link to a solution, the seed or the gradebook of the course at `root`.

    Any other brick with several names is graded: backups link files.
    """

    def refusal(about: os.stat_result) -> str:
        if about.st_nlink < 2:
            return ""
        same = any(os.path.samestat(about, path.lstat()) for path in _private(root))
        return "it is a hard link to a file of the course" if same else ""

    return refusal


def _private(root: Path) -> Iterator[Path]:
    yield from (path for path in (root / SEED, root / GRADEBOOK) if os.path.lexists(path))
    for folder in FOLDERS:
        yield from (root / folder).rglob("*")
