"""The course's secret seed: made on the instructor's machine, never in the repository."""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from grader.course import CourseError
from grader.files import whole_file

FILE = "course.seed"  # .gitignore names it


def read_or_make(path: Path, make: bool) -> int:
    """The seed in the file; with `make`, a new one where there is none. Raises CourseError."""
    if not path.exists() and make:
        _make(path)
    try:
        seed = int(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"The seed file {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise CourseError(f"The seed file {path} must hold one whole number.") from None
    if seed < 0:
        raise CourseError(f"The seed in {path} is negative; it must be 0 or more.")
    return seed


def _make(path: Path) -> None:
    """Writes a new seed, unless another process has written one; only its owner may read it."""
    with suppress(FileExistsError), whole_file(path, put=os.link, mode=0o600) as file:
        file.write(b"%d\n" % secrets.randbits(128))


def seed_id(seed: int) -> str:
    """A digest that names the seed in results and does not reveal it."""
    return hashlib.sha256(f"course seed {seed}".encode()).hexdigest()[:8]
