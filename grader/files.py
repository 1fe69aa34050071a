"""Files are written whole or not at all; a cache keeps its latest ones."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(
    path: Path,
    put: Callable[[Path, Path], None] | None = None,
    mode: int = 0o666,
    sync: bool = True,
) -> Iterator[BinaryIO]:
    """A file to write, which replaces `path` once it is whole; after an error `path` is unchanged.

    It is written under a random name, so that several processes may write at once.

    put: moves the file to its path; os.link raises where `path` exists, and leaves that file.
    sync: the file is on the disk first, so that a power cut leaves the old file or the new one.

    An OSError names the path, even where the system's own error names none.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode), "wb") as file:
            yield file
            file.flush()
            if sync:
                os.fsync(file.fileno())
        (put or os.replace)(part, path)
    except OSError as error:
        if error.filename not in (None, str(part), part):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        part.unlink(missing_ok=True)


BINARY = getattr(os, "O_BINARY", 0)  # Windows would change line ends otherwise


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file whole or not at all; text as UTF-8, with its line ends as they are."""
    with whole_file(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def keep_latest(folder: Path, most: int) -> None:
    """Removes all files and folders in the folder but the latest `most`."""
    for old in sorted(folder.iterdir(), key=lambda it: it.stat().st_mtime)[:-most]:
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink()
