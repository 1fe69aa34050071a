"""Recognises bricks by a file's content, tells stubs from written ones, and finds equal files."""

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grader.course import Course
from grader.outcome import Unloadable
from grader.source import Source, functions_in, is_stub, is_text, lines_of, trees_of
from grader.submissions.upload import Upload

DEFINED = re.compile(rb"^(?:def|class)[ \t]+(\w+)", re.MULTILINE)
CHECKED = re.compile(rb"%check[ \t]+(\w+)")
Names = Mapping[str, frozenset[str]]  # by brick, the functions and classes that are its parts


def names_in(course: Course) -> dict[str, frozenset[str]]:
    """By brick, the functions and classes that are its parts."""
    return {
        name: frozenset(part.split(".")[0] for part in brick.parts)
        for name, brick in course.bricks.items()
    }


@dataclass(frozen=True)
class Content:
    """The content of a file, which is read once, when it is first needed.

    upload: reads the file. known: the names that each brick defines.
    """

    upload: Upload
    known: Names = field(default_factory=dict)

    @cached_property
    def source(self) -> Source | Unloadable:
        return self.upload.source()

    @property
    def usable(self) -> bool:
        return isinstance(self.source, Source)

    @property
    def why_not(self) -> str:
        return self.source.reason if isinstance(self.source, Unloadable) else ""

    @cached_property
    def _defined(self) -> frozenset[str]:
        code = self.source.code if isinstance(self.source, Source) else b""
        return frozenset(name.decode() for name in DEFINED.findall(code))

    def defines(self, brick: str) -> bool:
        """Whether it defines anything of the brick."""
        return bool(self._defined & self.known.get(brick, frozenset()))

    def is_mostly(self, brick: str) -> bool:
        """Whether the file has half of the brick's names, or the brick's test cells."""
        names = self.known.get(brick, frozenset())
        if not names:
            return False
        if 2 * len(self._defined & names) >= len(names):
            return True
        code = self.source.code if isinstance(self.source, Source) else b""
        return brick.encode() in CHECKED.findall(code) and self.defines(brick)

    @cached_property
    def _trees(self) -> list[ast.Module]:
        if not isinstance(self.source, Source):
            return []
        own = self.source
        texts = own.texts if own.in_cells else {own.file: lines_of(own.code)}
        return [tree for _, tree in trees_of(texts)]

    @cached_property
    def is_stub(self) -> bool:
        """Whether nothing is written: each function only raises NotImplementedError."""
        functions = [node for tree in self._trees for _, node in functions_in(tree)]
        return bool(functions) and all(map(is_stub, functions))

    @cached_property
    def digest(self) -> str:
        """A digest of the statements, the same for a module and a notebook with the same code."""
        if not isinstance(self.source, Source):
            return f"unusable {id(self)}"
        dumped = "\n".join(_statements(self._trees))
        text = dumped.encode("utf-8", "replace") if dumped else self.source.code
        return hashlib.sha256(text).hexdigest()


def _statements(trees: Sequence[ast.Module]) -> Iterator[str]:
    for tree in trees:
        for node in tree.body:
            if not isinstance(node, ast.Pass) and not is_text(node):
                yield ast.dump(node)
