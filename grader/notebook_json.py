"""Reads a notebook's JSON as people hand it in: of any format, with large outputs, or damaged."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from grader.file_kind import something_else
from grader.language import N_, _, counted
from grader.regular_file import UnreadableSource

MAX_NOTEBOOK = 50_000_000  # bytes, outputs and pictures included
MAX_WITHOUT_OUTPUTS = 10_000_000  # bytes; of code, grader.source.MAX_BYTES
MAX_TOKENS = 5_000_000  # in a notebook whose outputs are dropped before it is parsed
LARGE = (b'"outputs"', b'"widgets"', b'"attachments"')  # keys of values that nobody grades
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
COLON = re.compile(rb"\s*:\s*(?=[\[{])")
PYTHON = re.compile(r"^(?:def|class|import|from)[ \t]+\w", re.MULTILINE)
CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)
CLEAR = N_("clear the outputs of all cells, and save it")
LANGUAGES = {"ir": "R", "r": "R", "julia": "Julia", "scala": "Scala", "javascript": "JavaScript"}


def parsed(notebook: bytes) -> dict[str, Any]:
    """The notebook's JSON, with a list of `cells` that may hold anything.

    A notebook of format 2 or 3 is converted; outputs that make it too large are dropped. A module
    in a file that is called a notebook is one cell. Raises UnreadableSource.
    """
    found = _json(_small(notebook))
    if not isinstance(found, dict) or ("nbformat" not in found and "cells" not in found):
        raise UnreadableSource(_("it is not a notebook: it does not say its nbformat"))
    version = found.get("nbformat", 4)
    if version in (2, 3):
        found = _converted(found)
    elif version == 1:
        raise UnreadableSource(_("it is a notebook of the old format 1: save it in Jupyter again"))
    elif version != 4:
        raise UnreadableSource(_("it is not a notebook of format 4"))
    if not isinstance(found.get("cells"), list):
        raise UnreadableSource(_("it is not a notebook: it has no list of cells"))
    made: dict[str, Any] = found
    if language := _other_language(made):
        said = _("it is a {language} notebook, and bricks are in Python")
        if language == "R":
            said = _("it is an {language} notebook, and bricks are in Python")
        raise UnreadableSource(said.format(language=language))
    return made


def text_of(cell: Mapping[str, Any]) -> str | None:
    """The cell's text; None if it has none."""
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _small(notebook: bytes) -> bytes:
    """The notebook, without its outputs if it is large."""
    if len(notebook) > MAX_NOTEBOOK:
        said = _("it has more than {most} bytes: {do}")
        raise UnreadableSource(said.format(most=counted(MAX_NOTEBOOK), do=_(CLEAR)))
    if len(notebook) <= MAX_WITHOUT_OUTPUTS:
        return notebook
    kept = b"".join(_without_large(notebook))
    if len(kept) > MAX_WITHOUT_OUTPUTS:
        said = _("it has {n} bytes without outputs and pictures, and may have {most}")
        raise UnreadableSource(said.format(n=counted(len(kept)), most=counted(MAX_WITHOUT_OUTPUTS)))
    return kept


def _without_large(notebook: bytes) -> Iterator[bytes]:
    """The notebook's bytes with the values of LARGE emptied, found without parsing the JSON."""
    done, closing, depth = 0, 0, 0
    for count, token in enumerate(TOKEN.finditer(notebook)):
        if count > MAX_TOKENS:
            said = _("it has {n} bytes in too many pieces: {do}")
            raise UnreadableSource(said.format(n=counted(len(notebook)), do=_(CLEAR)))
        text = token[0]
        if text in (b"[", b"{"):
            depth += 1
        elif text in (b"]", b"}"):
            depth -= 1
            if closing and depth < closing:
                done, closing = token.start(), 0
        elif not closing and text in LARGE and (colon := COLON.match(notebook, token.end())):
            yield notebook[done : colon.end() + 1]
            done, closing = len(notebook), depth + 1
    yield notebook[done:]


def _json(notebook: bytes) -> Any:
    if what := something_else(notebook):
        raise UnreadableSource(what)
    try:
        text = notebook.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableSource(_("it is not a notebook: it is not UTF-8 text")) from None
    try:
        # Numbers are not needed, and an integer of a million digits would take minutes.
        return json.loads(text, parse_int=_short_int)
    except RecursionError:
        raise UnreadableSource(_("it is not a notebook: it is nested too deeply")) from None
    except json.JSONDecodeError as error:
        if not text.lstrip().startswith(("{", "[")) and PYTHON.search(text):
            return {"nbformat": 4, "cells": [{"cell_type": "code", "source": text}]}
        said = _("it is not a notebook: {why}").format(why=_not_json(text, error))
        raise UnreadableSource(said) from None
    except ValueError:
        raise UnreadableSource(_("it is not a notebook: it is not JSON")) from None


def _not_json(text: str, error: json.JSONDecodeError) -> str:
    if conflict := CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        return _("it is not JSON: line {n} is the mark of a merge conflict").format(n=line)
    cut = text.lstrip().startswith("{") and (
        error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
    )
    said = _("it is not JSON: it breaks off in line {n}") if cut else _("it is not JSON")
    return said.format(n=error.lineno)


def _short_int(digits: str) -> int | None:
    return int(digits) if len(digits) < 20 else None


def _converted(old: Mapping[str, Any]) -> dict[str, Any]:
    """A notebook of format 2 or 3 in format 4: the same cells, without outputs."""
    sheets = old.get("worksheets")
    held = [sheet.get("cells") for sheet in sheets or () if isinstance(sheet, dict)]
    cells = [cell for own in held if isinstance(own, list) for cell in own]
    metadata = old.get("metadata")
    return {
        "nbformat": 4,
        "nbformat_minor": 0,
        "metadata": metadata if isinstance(metadata, dict) else {},
        "cells": [_converted_cell(cell) for cell in cells] if isinstance(sheets, list) else None,
    }


def _converted_cell(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    metadata = cell.get("metadata")
    made: dict[str, Any] = {"metadata": metadata if isinstance(metadata, dict) else {}}
    if cell.get("cell_type") == "code":
        code: dict[str, Any] = {"cell_type": "code", "outputs": [], "execution_count": None}
        return {**made, **code, "source": cell.get("input", "")}
    kind = "raw" if cell.get("cell_type") == "raw" else "markdown"
    return {**made, "cell_type": kind, "source": cell.get("source", "")}


def _other_language(notebook: Mapping[str, Any]) -> str:
    """The language of a notebook that is not in Python; empty if it may be.

    Its metadata alone proves nothing: a cell's text has to be none of Python's.
    """
    metadata = notebook.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    said = [metadata.get("language_info"), metadata.get("kernelspec")]
    names = [
        str(one.get(key, "")).casefold()
        for one in said
        if isinstance(one, dict)
        for key in ("language", "name")
    ]
    language = next((LANGUAGES[name] for name in names if name in LANGUAGES), "")
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    code = "\n".join(text_of(cell) or "" for cell in cells if cell.get("cell_type") == "code")
    return "" if PYTHON.search(code) else language
