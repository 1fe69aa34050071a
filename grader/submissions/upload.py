"""A handed-in brick: a file, a member of a zip, a notebook that nbgrader holds."""

from collections.abc import Callable
from dataclasses import dataclass

from grader.file_kind import something_else
from grader.language import _
from grader.notebook import is_notebook, source_in
from grader.notebook_json import CLEAR
from grader.outcome import Unloadable
from grader.printable import printable
from grader.regular_file import TooLarge, UnreadableSource
from grader.source import MAX_BYTES, Source, too_long


def module(brick: str, code: bytes) -> Source:
    """The module. Raises UnreadableSource if the content is something else."""
    if what := something_else(code):
        raise UnreadableSource(what)
    if len(code) > MAX_BYTES:
        raise UnreadableSource(too_long(code))
    return Source(brick, f"{brick}.py", code)


def of_either_kind(brick: str, content: bytes) -> Source:
    """The brick in a file whose name does not show, or shows wrongly, whether it is a notebook."""
    return source_in(brick, content) if is_notebook(content) else module(brick, content)


@dataclass(frozen=True)
class Upload:
    """A handed-in brick.

    name: what messages call the file. label: the file's path as it was handed in.
    read: gives the bytes as they were handed in. It may raise UnreadableSource.
    source_in: gives the brick in these bytes.
    when: the file's time, in seconds since 1970.
    """

    brick: str
    name: str
    read: Callable[[], bytes]
    source_in: Callable[[str, bytes], Source] = of_either_kind
    when: float = 0.0
    label: str = ""

    def source(self) -> Source | Unloadable:
        """The brick, or why it cannot be one."""
        try:
            return self.source_in(self.brick, self.read())
        except TooLarge as error:
            is_notebook = self.name.endswith(".ipynb")
            return Unloadable(self.name, f"{error}: {_(CLEAR)}" if is_notebook else str(error))
        except UnreadableSource as error:
            return Unloadable(self.name, printable(str(error)))  # it may quote the file
