"""Reads zips and files from students: it writes nothing to disk, and follows no link.

A member is read into memory when it is needed, alone, and only up to its limit: what a zip declares
about sizes is not believed.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from grader.regular_file import UnreadableSource, read_regular, within_limit
from grader.submissions.private import Refusal

MAX_ZIP = 50_000_000  # bytes of a student's zip
MAX_MEMBERS = 10_000  # files in it
OPEN = 5  # students' zips that stay in memory: as many as one student may have
MAX_CLASS_MEMBERS = 2_000_000
MAX_NAMES = 3_000_000  # characters of all members' names; a single one may have 65,535
MAX_RATIO = 100  # of the size of a zip in a zip to its packed size: only bombs have a large one
CENTRAL = b"PK\1\2"  # the first bytes of each member's entry in a zip's directory
# Everything that zipfile raises on bytes that are not a zip.
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError,
    LookupError, ArithmeticError, MemoryError,
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A file or a folder that was found, with its path below the folder that was searched.

    read: returns the file's bytes, up to a limit. Raises UnreadableSource.
    when: the time of the file's last change, in seconds since 1970.
    refusal: the reason why it will not be read, if that is known already.
    origin: the path as it was handed in, from the folder that was searched, zips included.
    """

    path: tuple[str, ...]
    read: Callable[[int], bytes]
    folder: bool = False
    when: float = 0.0
    refusal: str = ""
    origin: str = ""


def file_at(path: Path, below: Path, refusal: Refusal = lambda about: "") -> Found:
    """A file on disk."""
    try:
        when = path.lstat().st_mtime
    except OSError:  # `read` will say why
        when = 0.0
    return Found(path.relative_to(below).parts, lambda n: read_regular(path, n, refusal), when=when)


def refused(path: tuple[str, ...], reason: str, folder: bool = False) -> Found:
    """A file or a folder that will not be read: its `read` always raises, with this reason."""

    def read(limit: int) -> bytes:
        raise UnreadableSource(reason)

    return Found(path, read, folder, refusal=reason)


def class_zip(path: Path) -> list[Found]:
    """The members of a class's zip, which stays open as long as one of them is referenced."""
    return _members(_opened(path, MAX_CLASS_MEMBERS), path.stat().st_mtime)


def student_zip(found: Found) -> list[Found]:
    """The members of a student's zip. They hold no bytes: each `read` opens the zip again.

    All members have the time of the zip, since they were handed in with it.
    """

    def member(number: int) -> Callable[[int], bytes]:
        return lambda limit: _inside(found)[number].read(limit)

    return [
        replace(
            inner,
            read=member(n),
            when=found.when,
            origin=f"{found.origin}/{'/'.join(inner.path)}",
        )
        for n, inner in enumerate(_inside(found))
    ]


@lru_cache(maxsize=OPEN)  # otherwise the time would grow with the square of the number of members
def _inside(found: Found) -> list[Found]:
    data = found.read(MAX_ZIP)
    if data.count(CENTRAL) > 2 * MAX_MEMBERS:  # counted before zipfile makes an object of each
        raise UnreadableSource(f"it holds more than {MAX_MEMBERS:,} files")
    archive = _opened(io.BytesIO(data), MAX_MEMBERS)
    if sum(len(info.orig_filename) for info in archive.infolist()) > MAX_NAMES:
        raise UnreadableSource("its files have names that are too long")
    return _members(archive, found.when)


def _opened(file: BinaryIO | Path, most: int) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN:
        raise UnreadableSource("it is not a zip, or it is damaged") from None
    if len(archive.infolist()) > most:
        raise UnreadableSource(f"it holds more than {most:,} files")
    return archive


def _members(archive: zipfile.ZipFile, when: float) -> list[Found]:
    """The members of a zip; `when` is the time of those that have none."""
    times = Counter(info.orig_filename for info in archive.infolist())
    members = []
    for info in archive.infolist():
        name = info.orig_filename
        if why := _unsafe(name):
            members.append(refused((name,), why))  # an unsafe name is never split into parts
        elif why := _special(info):
            members.append(refused(_parts(name), why))
        elif times[name] > 1 and not info.is_dir():
            members.append(refused(_parts(name), f"the zip holds it {times[name]} times"))
        else:
            read, changed = _reader(archive, info), _time(info) or when
            members.append(Found(_parts(name), read, info.is_dir(), changed))
    return members


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part for part in name.split("/") if part not in ("", "."))


def _unsafe(name: str) -> str:
    """The reason why a name cannot be a path below the zip's own folder; empty if it can."""
    if "\0" in name or "\\" in name:
        return "its name in the zip has a NUL or a backslash"
    if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in name.split("/"):
        return "its name leads outside the zip"
    return "" if _parts(name) else "it has no name"


def _special(info: zipfile.ZipInfo) -> str:
    """The reason why a member is no plain file or folder; empty if it is one.

    The upper 16 bits of its attributes are Unix's mode.
    """
    kind = stat.S_IFMT(info.external_attr >> 16)
    plain = kind in (0, stat.S_IFREG, stat.S_IFDIR)
    return "" if plain else "it is a link or a device in the zip, and not a regular file"


def _time(info: zipfile.ZipInfo) -> float:
    """The member's time in seconds since 1970, read as local time; 0 if it has none."""
    try:
        changed = datetime(*info.date_time)
    except ValueError:
        return 0.0
    return changed.timestamp() if changed > datetime(1980, 1, 1) else 0.0


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    name = info.orig_filename

    def read(limit: int) -> bytes:
        if info.is_dir():
            raise UnreadableSource("it is not a regular file")
        if info.flag_bits & 1:
            raise UnreadableSource("it is encrypted in the zip")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # Other methods can need gigabytes of memory before they return the first byte.
            raise UnreadableSource("it is packed in a way other than deflate")
        try:
            with archive.open(info) as file:
                data = file.read(limit + 1)
        except BROKEN:
            raise UnreadableSource("it is damaged in the zip") from None
        if name.lower().endswith(".zip") and len(data) > MAX_RATIO * info.compress_size:
            raise UnreadableSource(f"it unpacks to over {MAX_RATIO} times its size")
        return within_limit(data, limit)

    return read
