"""Files beside a notebook: one rule decides which of them every command copies.

nbgrader copies all files beside a notebook, and follows links: the target of a link would come into
autograded/ and into the feedback for the student. docs/submissions.md has the rule in words.
"""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO

from grader.files import whole_file
from grader.notebook import MAX_NOTEBOOK
from grader.regular_file import UnreadableSource, not_regular, open_regular, too_large
from grader.submissions.remarks import NAMED, shown

MAX_FILE = 10_000_000  # bytes of a file; of a notebook, MAX_NOTEBOOK
MAX_BYTES = 50_000_000  # of all files of a submission, as for a student's zip
MAX_FILES = 1_000
MAX_DEPTH = 20  # nested folders
TIMESTAMP = "timestamp.txt"  # nbgrader's own, beside the notebook: when it was handed in
MAX_TIMESTAMP = 1_000  # bytes
CHUNK = 65_536
HOLE = bytes(CHUNK)

# Files that a browser would show as a page, and run: nbgrader releases each *.html as feedback.
PAGES = (".html", ".htm", ".xhtml", ".xht", ".shtml", ".mht", ".mhtml", ".svg")

Parts = tuple[str, ...]  # of a path relative to the submission's folder


@dataclass(frozen=True)
class Submission:
    """Facts about a submission that decide on its files.

    names: by device and inode, how many names a file has in the submission. owner: the folder's.
    """

    names: Counter[tuple[int, int]]
    owner: int


@dataclass(frozen=True)
class LeftOut:
    """A file that was not copied, and why."""

    path: str
    why: str


def left_out(student: str, files: Sequence[LeftOut]) -> str:
    """A sentence on a student's files that were not copied."""
    named = ", ".join(f"{shown(file.path)} ({shown(file.why)})" for file in files[:NAMED])
    more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    return f"{student}: left out: {named}{more}."


def copy_beside(
    source: Path,
    target: Path,
    ignored: Sequence[str] = (),
    wanted: Callable[[Parts], bool] = lambda path: True,
) -> list[LeftOut]:
    """Copies the files that the rule allows from a submission's folder; returns the others.

    ignored: patterns of the names of files and folders that are neither copied nor returned.
    wanted: whether a file is to be copied; any other is not returned either.
    """
    submission = _submission(source)
    refused, copied, used = list[LeftOut](), 0, 0
    for path, name, folder in _entries(source, ignored):
        if not wanted(path):
            continue
        if copied + len(refused) >= MAX_FILES:
            refused.append(LeftOut("the rest", f"there are more than {MAX_FILES:,} files"))
            break
        try:
            if len(path) > MAX_DEPTH:
                raise UnreadableSource(f"it lies below {MAX_DEPTH} folders")
            with open_regular(name, folder) as (file, about):
                if why := why_left_out(path, about, submission):
                    raise UnreadableSource(why)
                if used + about.st_size > MAX_BYTES:
                    raise UnreadableSource(f"all files may have {MAX_BYTES:,} bytes")
                _copy(file, target.joinpath(*path), most(path))
                copied, used = copied + 1, used + about.st_size
        except UnreadableSource as error:
            refused.append(LeftOut("/".join(path), str(error)))
        except OSError as error:
            refused.append(LeftOut("/".join(path), f"it cannot be copied ({error.strerror})"))
    return refused


def most(path: Parts) -> int:
    """How many bytes a file may have. A notebook may have more, since its outputs are dropped."""
    return MAX_NOTEBOOK if path[-1].casefold().endswith(".ipynb") else MAX_FILE


def why_left_out(path: Parts, about: os.stat_result, submission: Submission) -> str:
    """The reason why a regular file is not copied; empty if it is copied.

    A file with further names outside the submission may be one that the student can link to, but
    not read. Such a notebook is graded if the student owns it, since backups link files.
    """
    name = path[-1].casefold()
    if about.st_size > (limit := most(path)):
        return too_large(about.st_size, limit)
    outside = about.st_nlink > max(1, submission.names[about.st_dev, about.st_ino])
    own_notebook = name.endswith(".ipynb") and about.st_uid == submission.owner
    if outside and not (len(path) == 1 and own_notebook):
        return "it is a hard link to a file outside the submission"
    if name.endswith(PAGES):
        return "it is a page that a browser would run"
    if name == TIMESTAMP and path != (TIMESTAMP,):
        return "only nbgrader and bricks collect write timestamps"
    return ""


def irregular(folder: Path) -> list[LeftOut]:
    """The entries that are neither a regular file nor a folder, such as links."""
    found = []
    for path, name, at in _entries(folder):
        about = os.stat(name, dir_fd=at, follow_symlinks=False)
        if not stat.S_ISREG(about.st_mode):
            deep = f"it lies below {MAX_DEPTH} folders" if stat.S_ISDIR(about.st_mode) else ""
            found.append(LeftOut("/".join(path), deep or not_regular(about)))
    return found


def _submission(folder: Path) -> Submission:
    names = Counter[tuple[int, int]]()
    for n, (_, name, at) in enumerate(_entries(folder)):
        if n >= MAX_FILES:
            break
        with suppress(OSError):
            about = os.stat(name, dir_fd=at, follow_symlinks=False)
            if about.st_nlink > 1:
                names[about.st_dev, about.st_ino] += 1
    return Submission(names, os.lstat(folder).st_uid)


def _entries(folder: Path, ignored: Sequence[str] = ()) -> Iterator[tuple[Parts, str, int | None]]:
    """All entries that are no folders: path, name in the open folder, and that folder's descriptor.

    It follows no link, and does not enter a folder that becomes a link meanwhile. A folder that is
    too deep is not entered either, and is yielded like a file.
    """
    for here, folders, files, at in _walk(folder):
        above = Path(here).relative_to(folder).parts
        entered, entries = list[str](), list(files)
        for name in folders:
            deep = len(above) >= MAX_DEPTH
            place = name if at is not None else os.path.join(here, name)
            (entries if deep or _is_link(place, at) else entered).append(name)
        folders[:] = sorted(name for name in entered if not matches(name, ignored))
        for name in sorted(entries):
            if not matches(name, ignored):
                yield (*above, name), name if at is not None else os.path.join(here, name), at


def _walk(folder: Path) -> Iterator[tuple[str, list[str], list[str], int | None]]:
    if hasattr(os, "fwalk"):
        yield from os.fwalk(folder)
    elif not os.path.islink(folder):  # Windows
        yield from ((here, folders, files, None) for here, folders, files in os.walk(folder))


def _is_link(name: str, folder: int | None) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return True


def matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _copy(file: BinaryIO, target: Path, limit: int) -> None:
    """Copies at most `limit` bytes; a hole in a sparse file stays a hole, which takes no room."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(target, sync=False) as out:
        rest = limit
        while chunk := file.read(min(CHUNK, rest)):
            rest -= len(chunk)
            if chunk == HOLE:
                out.seek(CHUNK, os.SEEK_CUR)
            else:
                out.write(chunk)
        out.truncate()
