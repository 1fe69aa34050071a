"""Puts a module's code into a notebook's cells, in the module's own order; leaves nothing out."""

import ast
import io
import json
import tokenize
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import compress
from typing import Any

import nbformat
from nbgrader.utils import is_solution

from grader.desk.source import defined
from grader.notebook import LINES, source_in
from grader.regular_file import UnreadableSource
from grader.source import first_line

PARSED = 100_000  # bytes at most: Python's parser takes minutes for some longer files


@dataclass(frozen=True)
class Piece:
    """Complete statements with the comments before them. name: of a function or class, else empty.

    numbers: for each line of the text, its number in the module, from 1; 0 for a new line.
    """

    text: str
    name: str = ""
    numbers: tuple[int, ...] = ()


def filled(template: Any, stub: str, code: bytes) -> Any:
    """The student's notebook, with a module's code in it.

    Each function or class goes to its cell, all other code to new cells, and the cells follow the
    module's order. Comments of the stub are dropped: the notebook has them as text. If the cells
    would not make the same module again, all code goes into one new cell instead.
    """
    text = _decoded(code)
    if text is None or len(code) > PARSED or _syntax_error(code):
        return _in_one_cell(template, code, text)
    made = _arranged(template, list(pieces(text, _comments(stub))))
    return made if _same(code, made) else _in_one_cell(template, code, text)


def pieces(text: str, known: frozenset[str] = frozenset()) -> Iterator[Piece]:
    """The module, cut between statements, without the comments in `known`."""
    lines = text.split("\n")
    spans: list[tuple[int, int, str]] = []  # first line, line after the last, name
    for node in ast.parse(text).body:
        first = first_line(node) - 1
        last = node.end_lineno or node.lineno
        name = node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""
        if spans and first < spans[-1][1]:  # after a semicolon
            spans[-1] = (spans[-1][0], last, "")
        else:
            spans.append((first, last, name))
    own = [key not in known for key in _keys(lines)]
    end = 0
    for first, last, name in [*spans, (len(lines), len(lines), "")]:
        chosen = [n for n in range(end, first) if own[n]]
        while chosen and not lines[chosen[0]]:
            del chosen[0]
        chosen += range(first, last)
        while chosen and not lines[chosen[-1]]:
            del chosen[-1]
        if any(lines[n].strip() for n in chosen):
            # If a cell began with an indented comment, Jupyter would remove that indent everywhere.
            text = "\n".join(lines[n] if n >= first else lines[n].lstrip() for n in chosen)
            yield Piece(text, name, tuple(n + 1 for n in chosen))
        end = last


def _arranged(template: Any, found: list[Piece]) -> Any:
    head, blocks, tail = _blocks(template)
    position = {name: i for i, block in enumerate(blocks) for name in block.names[:1]}
    latest = {piece.name: piece for piece in found if piece.name in position}
    cells, own = list(head), _OwnCells()
    used: set[int] = set()
    for piece in found:
        if latest.get(piece.name) is piece:
            cells += own.taken()
            block = blocks[position[piece.name]]
            cells += block.with_code(piece)
            used.add(position[piece.name])
        else:
            own.add(piece)
    cells += own.taken()
    for i, block in enumerate(blocks):
        cells += block.with_code(Piece("")) if i not in used else []
    return _notebook(template, [*cells, *tail])


@dataclass(frozen=True)
class _Block:
    """A solution cell with the text before it and the tests after it."""

    before: list[Any]
    solution: Any
    after: list[Any]

    @property
    def names(self) -> list[str]:
        return defined(self.solution.source)

    def with_code(self, piece: Piece) -> list[Any]:
        cell = deepcopy(self.solution)
        return [*self.before, _cell_with(piece, cell), *self.after]


def _blocks(template: Any) -> tuple[list[Any], list[_Block], list[Any]]:
    """The cells before all code, the blocks, and the cells after them.

    Code that students do not write (imports) is left out, since the module has its own.
    """
    head: list[Any] = []
    blocks: list[_Block] = []
    waiting: list[Any] = []
    for cell in template.cells:
        ours = bool(cell.metadata.get("nbgrader"))
        if is_solution(cell):
            blocks.append(_Block(waiting, cell, []))
            waiting = []
        elif cell.cell_type == "code" and not ours:
            if not blocks:
                head, waiting = [*head, *waiting], []
        elif ours and blocks and not waiting:
            blocks[-1].after.append(cell)
        else:
            waiting.append(cell)
    return head, blocks, waiting


def _cell_with(piece: Piece, cell: Any) -> Any:
    cell.source, cell.metadata[LINES] = piece.text, list(piece.numbers)
    return cell


class _OwnCells:
    """Gathers code that belongs to no cell of the notebook, for new cells of its own."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.number = 0

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)

    def taken(self) -> list[Any]:
        if not self.pieces:
            return []
        self.number += 1
        text = "\n\n".join(piece.text for piece in self.pieces)
        _, *numbers = (n for piece in self.pieces for n in (0, *piece.numbers))
        self.pieces = []
        cell = nbformat.v4.new_code_cell(id=f"own-{self.number}")
        return [_cell_with(Piece(text, "", tuple(numbers)), cell)]


def _in_one_cell(template: Any, code: bytes, text: str | None) -> Any:
    """The module as it is, in one cell; code that Python cannot read must still fail there."""
    head, blocks, tail = _blocks(template)
    own = _OwnCells()
    text = code.decode("utf-8", "replace") if text is None else text
    own.add(Piece(text, "", tuple(range(1, text.count("\n") + 2))))
    rest = [cell for block in blocks for cell in block.with_code(Piece(""))]
    made = _notebook(template, [*head, *own.taken(), *rest, *tail])
    error = _syntax_error(code)
    if error and _loads(made):
        cell = nbformat.v4.new_code_cell(f"raise SyntaxError({error!r})", id="own-0")
        made.cells.insert(len(head) + 1, cell)
    return made


def _notebook(template: Any, cells: list[Any]) -> Any:
    made = deepcopy(template)
    made.cells = deepcopy(cells)
    return made


def _same(code: bytes, notebook: Any) -> bool:
    """Whether the notebook's module has the same statements as the code."""
    try:
        return _dump(code) == _dump(_module_in(notebook))
    except (UnreadableSource, SyntaxError, ValueError, RecursionError):
        return False


def _module_in(notebook: Any) -> bytes:
    return source_in("", json.dumps(notebook).encode()).code


def _dump(code: bytes) -> list[str]:
    """The statements, without `pass`."""
    return [ast.dump(node) for node in ast.parse(code).body if not isinstance(node, ast.Pass)]


def _comments(stub: str) -> frozenset[str]:
    lines = stub.split("\n")
    return frozenset(compress(_keys(lines), [line.startswith("#") for line in lines]))


def _keys(lines: Sequence[str]) -> Iterator[str]:
    """A key for each line, by which comments are compared; for a lone `#` with the line above."""
    above = ""
    for line in map(str.strip, lines):
        yield f"{above}\n#" if line == "#" else line
        above = line


def _decoded(code: bytes) -> str | None:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(code).readline)
        text = code.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        return None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _loads(notebook: Any) -> bool:
    try:
        return not _syntax_error(_module_in(notebook))
    except UnreadableSource:
        return False


def _syntax_error(code: bytes) -> str:
    """The reason why Python cannot read the code; empty if it can, or if the code is too long."""
    if len(code) > PARSED:
        return ""
    try:
        compile(code, "module", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"{error}" or type(error).__name__
    return ""
