"""A notebook as a module: its code cells in their order, without what only Jupyter understands.

Read as plain JSON and not by nbformat: only `cells` and their `source` are wanted, and validating
or upgrading what strangers wrote is slow and fails in more ways than it helps.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from grader.implementation import MAX_BYTES, UnreadableSource

MAX_NOTEBOOK = 10_000_000  # outputs, with their pictures, lie in the file too; code: MAX_BYTES
PYTHON_MAGICS = ("capture", "prun", "time")  # %%time: the rest of the cell is Python, and runs

# Where a statement begins, none of these is Python.
MAGIC = re.compile(r"[%!?]|[\w.*%]+\?\??\s*$|[\w., ]+=\s*[%!]")
GAP = r"(?:[ \t\f]|\\\n)"
IMPORTED = rf"{GAP}*\((?:#[^\n]*\n|[^)#])*\)|(?:[\w,]|{GAP})*\w"
FUTURE = re.compile(rf"from{GAP}+__future__{GAP}+import\b(?:{IMPORTED})")
TOKENS = re.compile(r"\\.|'''|\"\"\"|['\"#()\[\]{}]")


def code_of(notebook: bytes) -> bytes:
    """The code, with a line `# cell 3` before each cell (counted from the top, text cells too).

    Lines of Jupyter become `pass`, so that a block keeps a body. Raises UnreadableSource.
    """
    futures: list[str] = []  # Python wants them at the top, notebooks may have them in any cell
    lines: list[str] = []
    for number, source in _code_cells(parsed(notebook)["cells"]):
        lines.append(f"# cell {number}")
        for statement in _statements(re.split(r"\r\n|\r|\n", source)):
            if future := FUTURE.match(statement):
                futures.append(future[0])
                statement = f"pass{statement[future.end() :]}"
            lines.append(statement)
    # The first line keeps a cell's own `coding:` comment from being taken for the file's.
    text = "\n".join(["# -*- coding: utf-8 -*-", *futures, *lines, ""])
    try:
        code = text.encode()
    except UnicodeEncodeError:
        raise UnreadableSource("its code has half a character (a lone surrogate)") from None
    if len(code) > MAX_BYTES:
        raise UnreadableSource(f"its code has {len(code):,} bytes, and may have {MAX_BYTES:,}")
    return code


def parsed(notebook: bytes) -> dict[str, Any]:
    """The notebook as it was written: a list of `cells`, whatever they are. Raises
    UnreadableSource.
    """
    found = _json(notebook)
    if not isinstance(found, dict) or "nbformat" not in found:
        raise UnreadableSource("it is not a notebook: it does not say its nbformat")
    version = found["nbformat"]
    if version in (1, 2, 3):
        raise UnreadableSource(
            f"it is a notebook of the old format {version}: Jupyter saves it in format 4"
        )
    if version != 4:
        raise UnreadableSource("it is not a notebook of format 4")
    if not isinstance(found.get("cells"), list):
        raise UnreadableSource("it is not a notebook: it has no list of cells")
    return found


def _json(notebook: bytes) -> Any:
    try:
        # Numbers do not matter here; whole ones of a million digits would cost minutes.
        return json.loads(notebook.decode("utf-8-sig"), parse_int=_short_int)
    except UnicodeDecodeError:
        raise UnreadableSource("it is not a notebook: it is not UTF-8 text") from None
    except RecursionError:
        raise UnreadableSource("it is not a notebook: it is nested too deeply") from None
    except ValueError:
        raise UnreadableSource("it is not a notebook: it is not JSON") from None


def _short_int(digits: str) -> int | None:
    return int(digits) if len(digits) < 20 else None


def _code_cells(cells: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Number and text of each code cell that is the student's own."""
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise UnreadableSource(f"it is not a notebook: cell {number} is no cell")
        if cell["cell_type"] != "code" or _is_instructors(cell):
            continue
        source = cell.get("source")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            raise UnreadableSource(f"it is not a notebook: cell {number} has no text")
        yield number, source


def _is_instructors(cell: dict[str, Any]) -> bool:
    """Whether nbgrader marks it as a test, or as locked."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(marks, dict) or marks.get("solution"):
        return False
    return bool(marks.get("grade") or marks.get("locked"))


def _statements(lines: Sequence[str]) -> Iterator[str]:
    """The cell's text, cut where statements begin."""
    statement: list[str] = []
    for line, begins in _python(lines):
        if begins and statement:
            yield "\n".join(statement)
            statement = []
        statement.append(line)
    yield "\n".join(statement)


def _python(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The lines without magics, shell and help; and whether a statement begins in each."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]  # of a whole cell: Jupyter takes it off
    first = first.strip()
    if first.startswith("%%") and first[2:].split(" ")[0] not in PYTHON_MAGICS:
        yield f"# left out: {first}", False
        return
    quote, depth, joined = "", 0, False
    dropping = False
    for line in (line.removeprefix(indent) for line in lines):
        begins = not (quote or depth or joined or dropping)
        bare = line.lstrip()
        if dropping or (begins and MAGIC.match(bare)):
            indent = line[: len(line) - len(bare)]
            yield f"# {line}" if dropping else f"{indent}pass  # {bare}", False
            dropping = line.endswith("\\")  # `!pip install \` goes on in the next line
            continue
        yield line, begins
        quote, depth, joined = _after(line, quote, depth)


def _after(line: str, quote: str, depth: int) -> tuple[str, int, bool]:
    """What is open at the end of a line: a string, how many brackets, a joined line."""
    for token in TOKENS.findall(line):
        if quote:
            if token == quote or (len(quote) == 1 and token == quote * 3):
                quote = ""
        elif token == "#":
            return quote, depth, False
        elif token[0] in "'\"":
            quote = token
        elif token in "([{":
            depth += 1
        elif token in ")]}":
            depth = max(0, depth - 1)
    joined = line.endswith("\\")
    if len(quote) == 1 and not joined:
        quote = ""  # such a string ends with its line
    return quote, depth, joined
