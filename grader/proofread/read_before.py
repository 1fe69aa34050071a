"""Which states of a course were read without a slip: to read one again takes seconds.

A digest of the course's Python files, and of the engine's own, is the name of an empty file in the
user's cache.
"""

import platform
from contextlib import suppress
from hashlib import sha256

import numpy as np
from platformdirs import user_cache_path

from grader.content import ENGINE
from grader.course import Course
from grader.files import keep_latest

KEPT = 20  # states, the latest


class ReadBefore:
    """Whether this state of the course had no slip when it was read last."""

    def __init__(self, course: Course):
        self._folder = user_cache_path("bricks") / "proofread"
        self._file = self._folder / _digest(course)

    def __bool__(self) -> bool:
        return self._file.exists()

    def remember(self) -> None:
        with suppress(OSError):  # a cache that cannot be written is none
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file.touch()
            keep_latest(self._folder, KEPT)


def _digest(course: Course) -> str:
    found = sha256(f"{platform.python_version()} {np.__version__}\n".encode())
    for folder in (course.exercises, course.solutions, ENGINE):
        for file in sorted(folder.rglob("*.py")):
            content = file.read_bytes()
            found.update(f"{file.relative_to(folder)} {len(content)}\n".encode() + content)
    return found.hexdigest()
