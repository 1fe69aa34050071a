"""Reads a file that is not trusted: never through a link, and never more than a limit."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from grader.language import N_, _, counted

NOT_REGULAR = N_("it is not a regular file")


class UnreadableSource(Exception):
    """A file cannot be a brick; the message says why."""


class TooLarge(UnreadableSource):
    """It has more bytes than are read."""


def read_regular(
    path: Path, limit: int, refusal: Callable[[os.stat_result], str] = lambda about: ""
) -> bytes:
    """The bytes of a regular file; follows no link and waits for no FIFO. Raises UnreadableSource.

    refusal: gives the reason why a file is not read, from its os.stat_result; empty if it is read.
    """
    try:
        if not os.path.lexists(path):
            raise UnreadableSource(_("there is no such file"))
        if not stat.S_ISREG(path.lstat().st_mode):
            raise UnreadableSource(_(NOT_REGULAR))
        with open_regular(path) as (file, about):
            if about.st_size > limit:
                raise TooLarge(too_large(about.st_size, limit))
            if why := refusal(about):
                raise UnreadableSource(why)
            return within_limit(file.read(limit + 1), limit)
    except OSError as error:
        raise UnreadableSource(_("it cannot be read ({why})").format(why=error.strerror)) from None


@contextmanager
def open_regular(
    path: Path | str, folder: int | None = None
) -> Iterator[tuple[BinaryIO, os.stat_result]]:
    """The open file and its os.stat_result; follows no link and waits for no FIFO.

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
            raise UnreadableSource(_(NOT_REGULAR))
        yield file, about


def not_regular(about: os.stat_result) -> str:
    return _("it is a link") if stat.S_ISLNK(about.st_mode) else _(NOT_REGULAR)


def too_large(size: int, limit: int) -> str:
    said = _("it has {n} bytes, and may have {most}")
    return said.format(n=counted(size), most=counted(limit))


def within_limit(content: bytes, limit: int) -> bytes:
    """The content of a file on disk or in a zip. Raises TooLarge if it is longer than the limit."""
    if len(content) > limit:
        raise TooLarge(_("it has more than {most} bytes").format(most=counted(limit)))
    return content
