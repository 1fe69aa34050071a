"""Reads a file that is not trusted: never through a link, and never more than a limit."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

NOT_REGULAR = "it is not a regular file"


class UnreadableSource(Exception):
    """A file cannot be a brick; the message says why."""


def read_regular(
    path: Path, limit: int, refusal: Callable[[os.stat_result], str] = lambda about: ""
) -> bytes:
    """The bytes of a regular file. It follows no link and waits for no FIFO.

    refusal: why a file is not read, by what the system says of it; empty if it is.
    """
    try:
        if not os.path.lexists(path):
            raise UnreadableSource("there is no such file")
        if not stat.S_ISREG(path.lstat().st_mode):
            raise UnreadableSource(NOT_REGULAR)
        with open_regular(path) as (file, about):
            if about.st_size > limit:
                raise UnreadableSource(too_large(about.st_size, limit))
            if why := refusal(about):
                raise UnreadableSource(why)
            return accepted(file.read(limit + 1), limit)
    except OSError as error:
        raise UnreadableSource(f"it cannot be read ({error.strerror})") from None


@contextmanager
def open_regular(
    path: Path | str, folder: int | None = None
) -> Iterator[tuple[BinaryIO, os.stat_result]]:
    """The open file, and what the system says of it; it follows no link and waits for no FIFO.

    folder: the descriptor of the folder in which `path` is a name. Raises UnreadableSource or
    OSError.
    """
    extra = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | extra, dir_fd=folder)

    about = os.stat(path, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(about.st_mode):  # to open a device can have effects
        raise UnreadableSource(not_regular(about))
    with open(path, "rb", opener=opener) as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableSource(NOT_REGULAR)
        yield file, about


def not_regular(about: os.stat_result) -> str:
    return "it is a link" if stat.S_ISLNK(about.st_mode) else NOT_REGULAR


def too_large(size: int, limit: int) -> str:
    return f"it has {size:,} bytes, and may have {limit:,}"


def accepted(content: bytes, limit: int) -> bytes:
    """The content of a file on disk or in a zip. Raises UnreadableSource: it cannot be a brick."""
    if len(content) > limit:
        raise UnreadableSource(f"it has more than {limit:,} bytes")
    return content
