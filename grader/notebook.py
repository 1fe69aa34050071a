"""A notebook as the source of a brick: its code cells, without what only Jupyter understands.

It is read as plain JSON, not by nbformat: only `cells` and their `source` are needed, and to
validate or upgrade a student's file is slow and can fail.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from grader.cells import START, joined
from grader.regular_file import UnreadableSource
from grader.source import MAX_BYTES, Source, too_long

MAX_NOTEBOOK = 10_000_000  # bytes, outputs and pictures included; of code, MAX_BYTES
COLLECTED = "bricks_collected"  # metadata that `bricks collect` writes: the collected file's name
LINES = "bricks_lines"  # a cell's metadata: each line's number in the collected module, or 0
PYTHON_MAGICS = ("capture", "prun", "time")  # %%time: the rest of the cell is Python, and runs

# At the start of a statement, none of these is Python.
MAGIC = re.compile(r"[%!?]|[\w.*%]+\?\??\s*$|[\w., ]+=\s*[%!]")
CODING = re.compile(r"[ \t\f]*#.*?coding[:=]")
TOKENS = re.compile(r"\\.|'''|\"\"\"|['\"#()\[\]{}]")


def source_in(brick: str, notebook: bytes) -> Source:
    """The brick in a notebook's cells, which are numbered from the top, text cells too.

    A notebook that was collected from a module gives that module. Raises UnreadableSource.
    """
    content = parsed(notebook)
    cells = list(_code_cells(content["cells"]))
    if _was_module(content):
        return Source(brick, f"{brick}.py", _encoded(_as_module(cells)))
    return source_of(brick, [(f"cell {number}", text) for number, text, _ in cells])


def source_of(brick: str, cells: Iterable[tuple[str, str]]) -> Source:
    """The brick in the cells, each with its name and text.

    Lines that only Jupyter understands become `pass`, so that no block is left without a body.
    Raises UnreadableSource.
    """
    python = ((name, "\n".join(_python(text))) for name, text in cells)
    return Source(brick, f"{brick}.ipynb", _encoded(joined(python)))


def is_notebook(content: bytes) -> bool:
    """Whether the content is a notebook, whatever the file's name."""
    text = content[:MAX_NOTEBOOK].lstrip(b"\xef\xbb\xbf \t\r\n")
    return text.startswith(b"{") and (b'"cells"' in text or b'"worksheets"' in text)


def _encoded(text: str) -> bytes:
    try:
        code = text.encode()
    except UnicodeEncodeError:
        raise UnreadableSource("its code has half a character (a lone surrogate)") from None
    if len(code) > MAX_BYTES:
        raise UnreadableSource(too_long(code))
    return code


def _was_module(notebook: dict[str, Any]) -> bool:
    return str(_metadata(notebook).get(COLLECTED)).endswith(".py")


def _as_module(cells: Iterable[tuple[int, str, dict[str, Any]]]) -> str:
    """The cells one after the other, each line at its number in the module, where it is known."""
    lines: list[str] = []
    for _, text, metadata in cells:
        own, numbers = list(_python(text)), metadata.get(LINES)
        if not isinstance(numbers, list) or len(numbers) != len(own):  # the cell was changed
            numbers = [None] * len(own)
        for line, number in zip(own, numbers, strict=True):
            if number == 0 and not line.strip():
                continue
            if isinstance(number, int) and number <= MAX_BYTES:
                lines += [""] * (number - 1 - len(lines))
            lines.append(line)
    # A notebook's text is UTF-8, whatever coding the module declared.
    lines[:2] = [START if CODING.match(line) else line for line in lines[:2]]
    return "\n".join([*lines, ""])


def _metadata(holder: dict[str, Any]) -> dict[str, Any]:
    found = holder.get("metadata")
    return found if isinstance(found, dict) else {}


def parsed(notebook: bytes) -> dict[str, Any]:
    """The notebook's JSON, with a list of `cells` that may hold anything.

    Raises UnreadableSource.
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
        # Numbers are not needed, and an integer of a million digits would take minutes.
        return json.loads(notebook.decode("utf-8-sig"), parse_int=_short_int)
    except UnicodeDecodeError:
        raise UnreadableSource("it is not a notebook: it is not UTF-8 text") from None
    except RecursionError:
        raise UnreadableSource("it is not a notebook: it is nested too deeply") from None
    except ValueError:
        raise UnreadableSource("it is not a notebook: it is not JSON") from None


def _short_int(digits: str) -> int | None:
    return int(digits) if len(digits) < 20 else None


def _code_cells(cells: Sequence[Any]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Number, text and metadata of each code cell that is the student's own."""
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
        yield number, source, _metadata(cell)


def _is_instructors(cell: dict[str, Any]) -> bool:
    """Whether nbgrader marks it as a test, or as locked."""
    marks = _metadata(cell).get("nbgrader")
    if not isinstance(marks, dict) or marks.get("solution"):
        return False
    return bool(marks.get("grade") or marks.get("locked"))


def _python(text: str) -> Iterator[str]:
    """The lines of a cell, without magics, shell commands and help."""
    lines = re.split(r"\r\n|\r|\n", text)
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]  # Jupyter removes it from all lines
    first = first.strip()
    if first.startswith("%%") and first[2:].split(" ")[0] not in PYTHON_MAGICS:
        yield f"# left out: {first}"
        return
    quote, depth, continued = "", 0, False
    dropping = False
    for line in (line.removeprefix(indent) for line in lines):
        begins = not (quote or depth or continued or dropping)
        bare = line.lstrip()
        if dropping or (begins and MAGIC.match(bare)):
            indent = line[: len(line) - len(bare)]
            yield f"# {line}" if dropping else f"{indent}pass  # {bare}"
            dropping = line.endswith("\\")  # `!pip install \` goes on in the next line
            continue
        yield line
        quote, depth, continued = _after(line, quote, depth)


def _after(line: str, quote: str, depth: int) -> tuple[str, int, bool]:
    """The state at a line's end: the open quote, the open brackets, whether it is continued."""
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
    continued = line.endswith("\\")
    if len(quote) == 1 and not continued:
        quote = ""  # such a string ends with its line
    return quote, depth, continued
