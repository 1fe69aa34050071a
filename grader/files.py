"""What was read from a file, kept while the file stays as it is: a Jupyter server runs for days."""

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def while_unchanged(read: Callable[[Path], T]) -> Callable[[Path], T]:
    """The same function, which reads a file again only when its time or size is another."""

    @lru_cache(maxsize=64)
    def kept(file: Path, stamp: tuple[int, int]) -> T:
        return read(file)

    @wraps(read)
    def reading(file: Path) -> T:
        about = file.stat()
        return kept(file, (about.st_mtime_ns, about.st_size))

    return reading
