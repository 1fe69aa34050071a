"""The source of a brick: a student's, the reference's, or that of a misconception."""

import ast
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

from grader.language import _, counted
from grader.outcome import Line
from grader.printable import printable
from grader.regular_file import read_regular

MAX_BYTES = 1_000_000
MAX_LINE = 120  # characters of a line that a message shows
# Limits of code that is parsed outside the child: no other thread runs meanwhile, and the time for
# a long f-string grows with the square of its length. A brick has some thousand characters, and is
# some twenty nodes deep.
MAX_PARSED = 60_000  # characters
MAX_DEPTH = 100


@dataclass(frozen=True)
class Source:
    """The text of one module, as bytes: Python itself decodes it (cookies, byte-order marks).

    file: the name that messages show. own: whether its lines may be shown to the student.
    A notebook's code is one text of cells, as grader.cells joins them.
    """

    brick: str
    file: str
    code: bytes
    own: bool = True

    @property
    def in_cells(self) -> bool:
        return self.file.endswith(".ipynb")

    @property
    def texts(self) -> dict[str, list[str]]:
        """The lines of the file, or of each of its cells, by the name that messages show."""
        if self.in_cells:
            from grader.cells import cells_of  # only for notebooks

            cells = cells_of(self.file, self.code)
            return {name: StringIO(text).readlines() for name, text in cells}
        return {self.file: lines_of(self.code)}


def read_source(path: Path, shown_as: str | None = None, own: bool = True) -> Source:
    """The source in path. Raises UnreadableSource: not a regular file, too large, unreadable."""
    return Source(path.stem, shown_as or path.name, read_regular(path, MAX_BYTES), own)


def too_long(code: bytes) -> str:
    said = _("its code has {n} bytes, and may have {most}")
    return said.format(n=counted(len(code)), most=counted(MAX_BYTES))


def first_line(node: ast.stmt) -> int:
    """The line where a statement begins, with its decorators."""
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(int(decorator.lineno) for decorator in decorators)])


def functions_in(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions of a module and the methods of its classes, by qualified name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def is_text(node: ast.stmt) -> bool:
    """Whether the statement does nothing: a docstring, another constant."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_stub(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the function does nothing but raise NotImplementedError."""
    body = [node for node in function.body if not is_text(node)]
    raised = body[0].exc if len(body) == 1 and isinstance(body[0], ast.Raise) else None
    name = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(name, ast.Name) and name.id == "NotImplementedError"


def lines_of(code: bytes) -> list[str]:
    """The lines as Python counts them: messages show those that raised.

    A file may declare any codec: some decode no text, some refuse to replace what is wrong.
    """
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(code).readline)
        return TextIOWrapper(BytesIO(code), encoding, "replace").readlines()
    except (SyntaxError, LookupError, UnicodeError):
        return TextIOWrapper(BytesIO(code), "utf-8", "replace").readlines()


def trees_of(texts: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ast.Module]]:
    """The syntax trees of a source's texts, each with its name. A text that is no Python has none.

    There are none at all if there is too much text, or if a tree is too deep to be walked.
    """
    if sum(len(line) for lines in texts.values() for line in lines) > MAX_PARSED:
        return
    for file, lines in texts.items():
        try:
            tree = ast.parse("".join(lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if not _is_deep(tree):
            yield file, tree


def _is_deep(tree: ast.AST) -> bool:
    depth, nodes = 0, [tree]
    while nodes and depth <= MAX_DEPTH:
        depth += 1
        nodes = [child for node in nodes for child in ast.iter_child_nodes(node)]
    return bool(nodes)


def shown_line(lines: Sequence[str], number: int) -> str:
    """A line as messages show it."""
    return printable(lines[number - 1].strip()[:MAX_LINE]).replace("\n", " ")


def read_again(lines: Iterable[Line], own: Source) -> tuple[Line, ...]:
    """The lines whose numbers `own` has, with the text that stands there in `own`."""
    texts = own.texts
    return tuple(
        Line(
            it.file,
            it.number,
            it.function if it.function.isidentifier() and it.function.encode() in own.code else "",
            shown_line(texts[it.file], it.number),
        )
        for it in lines
        if 1 <= it.number <= len(texts.get(it.file, ()))
    )
