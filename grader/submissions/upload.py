"""A handed-in brick: a file, a member of a zip, a notebook that nbgrader holds."""

from collections.abc import Callable
from dataclasses import dataclass

from grader.outcome import Unloadable
from grader.printable import printable
from grader.regular_file import UnreadableSource
from grader.source import Source


def module(brick: str, code: bytes) -> Source:
    return Source(brick, f"{brick}.py", code)


@dataclass(frozen=True)
class Upload:
    """A handed-in brick.

    read: gives the bytes as they were handed in. It may raise UnreadableSource.
    source_in: gives the brick in these bytes.
    when: the file's time, in seconds since 1970.
    """

    brick: str
    name: str
    read: Callable[[], bytes]
    source_in: Callable[[str, bytes], Source] = module
    when: float = 0.0

    def source(self) -> Source | Unloadable:
        """The brick, or why it cannot be one."""
        try:
            return self.source_in(self.brick, self.read())
        except UnreadableSource as error:
            return Unloadable(self.name, printable(str(error)))  # it may quote the file
