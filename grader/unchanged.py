"""Files are read again only when they changed."""

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def while_unchanged(read: Callable[[Path], T]) -> Callable[[Path], T]:
    """The same function with a cache: it reads a file again when its time or size has changed.

    A Jupyter server runs for days, and files change meanwhile.
    """

    @lru_cache(maxsize=64)
    def cached(file: Path, stamp: tuple[int, int]) -> T:
        return read(file)

    @wraps(read)
    def reading(file: Path) -> T:
        about = file.stat()
        return cached(file, (about.st_mtime_ns, about.st_size))

    return reading
