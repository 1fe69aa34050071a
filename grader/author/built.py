"""Records what `bricks build` wrote last, so that it does not overwrite later edits unseen.

The record is in the course's .bricks/, which git ignores. A fresh clone has none: then a file in
which somebody wrote a function stays as it is, and any other file is copied before it is replaced.
"""

import ast
import json
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from grader.course import Course
from grader.files import write_whole
from grader.source import functions_in, is_stub

FOLDER = ".bricks"
RECORD, BEFORE = "built.json", "before-build"


class Built:
    """The record of a course: by path, a digest of what was written there."""

    def __init__(self, course: Course):
        self._root = course.root
        self._folder = course.root / FOLDER
        try:
            known = json.loads((self._folder / RECORD).read_bytes())
        except (OSError, ValueError):
            known = {}
        self._known: dict[str, str] = known if isinstance(known, dict) else {}

    def edited(self, made: Mapping[Path, str]) -> list[Path]:
        """The files to be replaced that somebody has edited."""
        return [path for path, text in made.items() if path.is_file() and self._edited(path, text)]

    def _edited(self, path: Path, text: str) -> bool:
        code = path.read_bytes()
        if known := self._known.get(self._name(path)):
            return known != _digest(code)
        return path.suffix == ".py" and written_in(code, text)

    def set_aside(self, path: Path) -> Path | None:
        """Copies a file that the record lacks, and returns the copy's path; else returns None."""
        if self._name(path) in self._known or not path.is_file():
            return None
        copy = self._folder / BEFORE / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
        return copy

    def record(self, made: Mapping[Path, str]) -> None:
        """Records the texts that are written now."""
        known = {
            self._name(path): _digest(text.encode())
            for path, text in made.items()
            if path.is_file() and path.read_bytes() == text.encode()
        }
        self._folder.mkdir(exist_ok=True)
        write_whole(self._folder / RECORD, json.dumps({**self._known, **known}, indent=1) + "\n")

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def written_in(code: bytes, stub: str) -> bool:
    """Whether the code has written a function that the stub leaves to write."""
    try:
        own, due = (dict(functions_in(ast.parse(text))) for text in (code, stub))
    except (SyntaxError, ValueError):
        return True  # `bricks build` never generated such a file
    return any(name in own and not is_stub(own[name]) for name in due if is_stub(due[name]))
