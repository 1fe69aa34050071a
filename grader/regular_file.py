"""Reads a file that is not trusted: never through a link, and never more than a limit."""

import os
import stat
from pathlib import Path


class UnreadableSource(Exception):
    """A file cannot be a brick; the message says why."""


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file. It follows no link and waits for no FIFO."""
    extra = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if not os.path.lexists(path):
            raise UnreadableSource("there is no such file")
        if not stat.S_ISREG(path.lstat().st_mode):
            raise UnreadableSource("it is not a regular file")
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | extra)) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise UnreadableSource("it is not a regular file")
            if found.st_size > limit:
                raise UnreadableSource(f"it has {found.st_size:,} bytes, and may have {limit:,}")
            return accepted(file.read(limit + 1), limit)
    except OSError as error:
        raise UnreadableSource(f"it cannot be read ({error.strerror})") from None


def accepted(content: bytes, limit: int) -> bytes:
    """The content of a file on disk or in a zip. Raises UnreadableSource: it cannot be a brick."""
    if len(content) > limit:
        raise UnreadableSource(f"it has more than {limit:,} bytes")
    return content
