"""Removes a folder that hostile code may have filled: deep trees, files without permissions."""

import os
import secrets
import stat
from pathlib import Path


def remove(folder: Path) -> None:
    """Removes the folder and all in it, if it exists. No process may still write there."""
    try:
        empty(folder)
    except FileNotFoundError:
        return
    os.rmdir(folder)


def empty(folder: Path) -> None:
    """Removes all that is in the folder.

    However deep it is, no path is longer than two names: folders move up before their contents.
    """
    os.chmod(folder, 0o700)
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        _empty(top)
    finally:
        os.close(top)


def _empty(top: int) -> None:
    waiting = os.listdir(top)
    while waiting:
        name = waiting.pop()
        if not stat.S_ISDIR(os.lstat(name, dir_fd=top).st_mode):
            os.unlink(name, dir_fd=top)
            continue
        os.chmod(name, 0o700, dir_fd=top)
        inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
        try:
            for entry in os.listdir(inner):
                if not stat.S_ISDIR(os.lstat(entry, dir_fd=inner).st_mode):
                    os.unlink(entry, dir_fd=inner)
                    continue
                os.chmod(entry, 0o700, dir_fd=inner)  # a folder that moves is written to
                free = secrets.token_hex(16)
                os.rename(entry, free, src_dir_fd=inner, dst_dir_fd=top)
                waiting.append(free)
        finally:
            os.close(inner)
        os.rmdir(name, dir_fd=top)
