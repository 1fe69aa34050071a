"""What a student handed in for one brick: the sources that an examination needs."""

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.course import Course
from grader.language import _
from grader.outcome import Unloadable
from grader.printable import one_line
from grader.regular_file import UnreadableSource, read_regular
from grader.source import Source, read_source

Handed = Mapping[str, Source | Unloadable]  # by brick; one that was not handed in is left out


def handed_in(file: Path, shown_as: str | None = None) -> Source | Unloadable:
    """The brick in the file, or why it cannot be one."""
    try:
        if file.suffix == ".ipynb":
            from grader.notebook import MAX_NOTEBOOK, source_in  # only for notebooks

            return source_in(file.stem, read_regular(file, MAX_NOTEBOOK))
        return read_source(file, shown_as)
    except UnreadableSource as error:
        return Unloadable(shown_as or file.name, one_line(str(error)))  # it may quote the file


def positions(brick: str, folder: str = "") -> list[tuple[str, ...]]:
    """The paths where a student's brick is looked for, in order; every command uses this rule.

    Paths are relative to the student's folder. A module comes before a notebook, and a file before
    one in a folder with the brick's name. folder: the folder of the brick that imports this one, if
    that is not the student's folder itself; files in it come first.
    """
    around = [(folder,), ()] if folder else [()]
    return [
        path
        for name in (f"{brick}.py", f"{brick}.ipynb")
        for holder in around
        for path in ((*holder, name), (*holder, brick, name))
    ]


def files_of(brick: str, folder: Path) -> list[Path]:
    """The files that may be the brick, seen from a folder with bricks; the first is taken."""
    found = (folder.parent.joinpath(*path) for path in positions(brick, folder.name))
    return [path for path in found if os.path.lexists(path)]


def file_of(brick: str, folder: Path) -> Path | None:
    """The file that is the brick, seen from a folder with bricks."""
    return next(iter(files_of(brick, folder)), None)


def several(bricks: Iterable[str], folder: Path) -> list[str]:
    """For each brick with several files, seen from the folder: a sentence on which is taken."""
    said = []
    for brick in bricks:
        files = files_of(brick, folder)
        if len(files) > 1:
            names = [_shown(path, folder.parent) for path in files]
            text = _("{brick} is there as {files}: {first} is taken.")
            said.append(text.format(brick=brick, files=_(" and ").join(names), first=names[0]))
    return said


def _shown(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def handed_from(course: Course, folder: Path) -> Handed:
    """All bricks, seen from a folder: a source for each, or why there is none."""
    return {brick: _seen_from(brick, folder) for brick in course.bricks}


def _seen_from(brick: str, folder: Path) -> Source | Unloadable:
    file = file_of(brick, folder)
    if file is not None:
        return handed_in(file, _shown(file, folder.parent))
    lost = folder / f"{brick}.py"
    near = difflib.get_close_matches(lost.name, _unknown_files(folder), n=1, cutoff=0.75)
    if not near:
        return handed_in(lost, _shown(lost, folder.parent))
    reason = _("there is no such file; is {file} meant for it?").format(file=near[0])
    return Unloadable(_shown(lost, folder.parent), one_line(reason))


def _unknown_files(folder: Path) -> list[str]:
    """The folder's modules that are neither a brick nor its checks or pictures."""
    bricks = {file.stem.partition("_")[2] for file in folder.glob("test_*.py")}
    files = (file for file in folder.glob("*.py") if not file.name.startswith(("test_", "show_")))
    return [file.name for file in files if file.stem not in bricks]


def sources_of(
    course: Course, brick: str, handed: Handed, on_own: bool = False
) -> list[Source] | Unloadable:
    """The brick that was handed in, after the bricks that it builds on.

    The bricks that it builds on are the references, so that a wrong `layer` does not sink a right
    `mlp`. With `on_own`, or without references (in a student's kit), they are the student's; then
    the import of one that cannot be used fails, and says so.
    """
    own = handed[brick]
    if isinstance(own, Unloadable):
        return own
    before = []
    for name in course.earlier(brick):
        students = handed.get(name)
        if course.has_solution(name) and not on_own:
            before.append(read_source(course.solutions / f"{name}.py", own=False))
        elif isinstance(students, Source):
            before.append(students)
    return [*before, own]
