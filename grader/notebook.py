"""A notebook as the source of a brick: its code cells, without what only Jupyter understands.

It is read as plain JSON, not by nbformat: only `cells` and their `source` are needed, and to
validate or upgrade a student's file is slow and can fail. All code cells count, as when Jupyter
runs them from top to bottom, whatever nbgrader's metadata on them says.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from grader.cells import START, Cell, joined
from grader.language import _
from grader.notebook_json import MAX_NOTEBOOK as MAX_NOTEBOOK
from grader.notebook_json import parsed as parsed
from grader.notebook_json import text_of
from grader.printable import one_line
from grader.regular_file import UnreadableSource
from grader.source import MAX_BYTES, Source, too_long

COLLECTED = "bricks_collected"  # metadata that `bricks collect` writes: the collected file's name
MAX_WHY = 500  # characters of what such metadata says
UNUSABLE = "bricks_unusable"  # metadata that `bricks collect` writes: why there is nothing to grade
LINES = "bricks_lines"  # a cell's metadata: each line's number in the collected module, or 0
PYTHON_MAGICS = ("capture", "prun", "time")  # %%time: the rest of the cell is Python, and runs

# At the start of a statement, none of these is Python.
MAGIC = re.compile(r"[%!?]|[\w.*%]+\?\??\s*$|[\w., ]+=\s*[%!]")
ASSIGNED = re.compile(r"(?P<name>\w+\s*=\s*)(?P<sign>[%!])")
TIMED = re.compile(r"(?P<name>\w+\s*=\s*)?%(?:time|prun)[ \t]+(?P<code>[^-\s].*)")
DEFINES = re.compile(r"^(?:def|class)[ \t]+\w", re.MULTILINE)
LINE_END = re.compile(r"\r\n|\r|\n")
CODING = re.compile(r"[ \t\f]*#.*?coding[:=]")
TOKENS = re.compile(r"\\.|'''|\"\"\"|['\"#()\[\]{}]")


def source_in(brick: str, notebook: bytes) -> Source:
    """The brick in a notebook's cells, which are numbered from the top, text cells too.

    A notebook that was collected from a module gives that module. Raises UnreadableSource.
    """
    content = parsed(notebook)
    if why := _metadata(content).get(UNUSABLE):
        raise UnreadableSource(one_line(str(why), MAX_WHY))  # a student may have written it
    if _was_module(content):
        return Source(brick, f"{brick}.py", _encoded(_as_module(content["cells"])))
    return _joined(brick, [cell for cell, _ in _cells(content["cells"])])


def source_of(brick: str, cells: Iterable[tuple[str, str]]) -> Source:
    """The brick in the cells, each with its name and text.

    Lines that only Jupyter understands become `pass`, so that no block is left without a body.
    Raises UnreadableSource.
    """
    return _joined(brick, [cell_of(name, text) for name, text in cells])


def _joined(brick: str, cells: Sequence[Cell]) -> Source:
    return Source(brick, f"{brick}.ipynb", _encoded(joined(cells)))


def is_notebook(content: bytes) -> bool:
    """Whether the content is a notebook, whatever the file's name."""
    text = content[:MAX_NOTEBOOK].lstrip(b"\xef\xbb\xbf \t\r\n")
    return text.startswith(b"{") and (b'"cells"' in text or b'"worksheets"' in text)


def _encoded(text: str) -> bytes:
    try:
        code = text.encode()
    except UnicodeEncodeError:
        raise UnreadableSource(_("its code has half a character (a lone surrogate)")) from None
    if len(code) > MAX_BYTES:
        raise UnreadableSource(too_long(code))
    return code


def _was_module(notebook: dict[str, Any]) -> bool:
    return str(_metadata(notebook).get(COLLECTED)).endswith(".py")


def _as_module(cells: Sequence[Any]) -> str:
    """The cells one after the other, each line at its number in the module, where it is known."""
    lines: list[str] = []
    for cell, metadata in _cells([cell for cell in cells if not _is_instructors(cell)]):
        own, numbers = cell.text.split("\n") if not cell.why else [], metadata.get(LINES)
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


def _is_instructors(cell: Any) -> bool:
    """Whether `bricks collect` took the cell from the course: a module has none of them."""
    marks = _metadata(cell).get("nbgrader") if isinstance(cell, dict) else None
    if not isinstance(marks, dict) or marks.get("solution"):
        return False
    return bool(marks.get("grade") or marks.get("locked"))


def _metadata(holder: dict[str, Any]) -> dict[str, Any]:
    found = holder.get("metadata")
    return found if isinstance(found, dict) else {}


def _cells(cells: Sequence[Any]) -> Iterator[tuple[Cell, dict[str, Any]]]:
    """The cells with code, also those that do not run, each with its metadata."""
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise UnreadableSource(_("it is not a notebook: cell {n} is no cell").format(n=number))
        text = text_of(cell)
        if cell["cell_type"] == "code":
            if text is None:
                raise UnreadableSource(
                    _("it is not a notebook: cell {n} has no text").format(n=number)
                )
            yield cell_of(f"cell {number}", text), _metadata(cell)
        elif text and DEFINES.search(text):
            kind = "raw" if cell["cell_type"] == "raw" else "text"
            yield Cell(f"cell {number}", text, f"is {kind}, so its code does not run"), {}


def cell_of(name: str, text: str) -> Cell:
    """The code cell as Python runs it: lines that only Jupyter understands become `pass`."""
    lines = re.split(LINE_END, text)
    first = next((line.strip() for line in lines if line.strip()), "")
    if (
        first.startswith("%%")
        and (magic := first[2:].split()[:1]) != []
        and (magic[0] not in PYTHON_MAGICS)
    ):
        return Cell(name, "\n".join(lines), _why_left_out(magic[0]))
    return Cell(name, "\n".join(_python(lines, first)))


def _why_left_out(magic: str) -> str:
    if magic in ("timeit", "time_it"):
        return "is under %%timeit, and what is defined there does not stay"
    if magic in ("writefile", "file"):
        return f"is under %%{magic}, so it is written to a file and does not run"
    return f"is under %%{magic}, so it does not run as Python here"


def _python(lines: Sequence[str], first: str) -> Iterator[str]:
    """The lines of a cell, without magics, shell commands and help; `first` is not blank."""
    start = next((line for line in lines if line.strip()), "")
    indent = start[: len(start) - len(start.lstrip(" \t"))]  # Jupyter removes it from all lines
    quote, depth, continued = "", 0, False
    dropping = False
    for line in (line.removeprefix(indent) for line in lines):
        begins = not (quote or depth or continued or dropping)
        bare = line.lstrip()
        if begins and (timed := TIMED.match(bare)):
            line = line[: len(line) - len(bare)] + (timed["name"] or "") + timed["code"]
        elif dropping or (begins and MAGIC.match(bare)):
            indented = line[: len(line) - len(bare)]
            yield f"# {line}" if dropping else f"{indented}{_instead(bare)}  # {bare}"
            dropping = line.endswith("\\")  # `!pip install \` goes on in the next line
            continue
        yield line
        quote, depth, continued = _after(line, quote, depth)


def _instead(line: str) -> str:
    """The statement in place of one that only Jupyter understands."""
    assigned = ASSIGNED.match(line)
    if not assigned:
        return "pass"
    return f"{assigned['name']}{'[]' if assigned['sign'] == '!' else 'None'}"


def _after(line: str, quote: str, depth: int) -> tuple[str, int, bool]:
    """The state after a line: the open quote, the number of open brackets, whether it goes on."""
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
