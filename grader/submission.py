"""What a student handed in for one brick: the sources that an examination needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course
from grader.outcome import Unloadable
from grader.printable import printable
from grader.source import Source, UnreadableSource, read_source

Handed = Mapping[str, Source | Unloadable]  # by brick; one that was not handed in is left out


def module(brick: str, code: bytes) -> Source:
    return Source(brick, f"{brick}.py", code)


@dataclass(frozen=True)
class Upload:
    """A brick of a class: a file, a notebook, or in a zip. To read it may raise UnreadableSource.

    read: the bytes as they were handed in.
    source_in: the brick in them.
    when: seconds since 1970, the time that the file bears.
    """

    brick: str
    name: str
    read: Callable[[], bytes]
    source_in: Callable[[str, bytes], Source] = module
    when: float = 0.0

    def source(self) -> Source:
        return self.source_in(self.brick, self.read())


def handed_in(file: Path | Upload, shown_as: str | None = None) -> Source | Unloadable:
    """The brick in the file, or why it cannot be one."""
    try:
        return file.source() if isinstance(file, Upload) else read_source(file, shown_as)
    except UnreadableSource as error:
        return Unloadable(shown_as or file.name, printable(str(error)))  # it may quote the file


def handed_beside(course: Course, folder: Path) -> Handed:
    """What lies in a folder of exercises: a file for each brick, or the word that there is none."""
    return {
        brick: handed_in(folder / f"{brick}.py", f"{folder.name}/{brick}.py")
        for brick in course.bricks
    }


def sources_of(
    course: Course, brick: str, handed: Handed, on_own: bool = False
) -> list[Source] | Unloadable:
    """The brick that was handed in, after the bricks that it builds on.

    Those are the references, so that a wrong `layer` does not sink a right `mlp`. With `on_own`,
    or where the course has no references (a student's kit), they are the student's; importing one
    that cannot be used then fails, and says so.
    """
    own = handed[brick]
    if isinstance(own, Unloadable):
        return own
    before = []
    for name in course.earlier(brick):
        beside = handed.get(name)
        if course.has_solution(name) and not on_own:
            before.append(read_source(course.solutions / f"{name}.py", own=False))
        elif isinstance(beside, Source):
            before.append(beside)
    return [*before, own]
