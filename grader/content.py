"""The course's own Python files, run as modules: checks and misconceptions.

An author's error in one of them becomes a sentence with file and line.
"""

import ast
import importlib.util
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # a dependency of pytest

ENGINE = Path(__file__).parent  # the folder of this package


class CourseError(Exception):
    """Files or names that an instructor gave cannot be used; the message says what to do."""


class BrokenContent(CourseError):
    """A file of the course cannot be run or read; the message names the file, and the line.

    `__cause__` is the original exception, if its traceback leads into another file.
    """


class Slip(ValueError):
    """An author's mistake, without its line. word: the string or name that stands in that line."""

    def __init__(self, said: str, word: str = ""):
        self.word = word
        super().__init__(said)


def load_content(name: str, file: Path) -> ModuleType:
    """Runs the file as a new module and returns that. Raises BrokenContent if its code raises."""
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise CourseError(f"{file} cannot be read as Python.")
    loader, module = spec.loader, importlib.util.module_from_spec(spec)
    return run_content(module, file, lambda: loader.exec_module(module))


def run_content(module: ModuleType, file: Path, run: Callable[[], None]) -> ModuleType:
    """Runs a module of the course and leaves it in `sys.modules`, as an import does.

    A dataclass with postponed annotations looks up its module there, even when a probe makes it.
    """
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        run()
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        if before is not None:
            sys.modules[module.__name__] = before
        cause = None if _ends_in(error, file) else error
        raise BrokenContent(why_broken(error, file)) from cause
    return module


def _ends_in(error: BaseException, file: Path) -> bool:
    """Whether the exception was raised in the file or by the engine: no traceback is needed."""
    frames = traceback.extract_tb(error.__traceback__)
    last = Path(frames[-1].filename)
    return isinstance(error, SyntaxError | Slip) or last == file or ENGINE in last.parents


def read_json(file: Path) -> Any:
    """The content of a JSON file; {} if there is no file. Raises BrokenContent."""
    try:
        return json.loads(file.read_bytes()) if file.exists() else {}
    except ValueError as error:
        raise BrokenContent(f"{shown(file)} is no JSON: {error}.") from None


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a TOML file; {} if there is no file. Raises BrokenContent."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig")) if file.exists() else {}
    except UnicodeDecodeError:
        raise BrokenContent(f"{file.name} is no text in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise BrokenContent(f"{file.name} is no TOML: {error}.") from None


def why_broken(error: BaseException, file: Path) -> str:
    """A sentence on the exception, with the file and the line that raised it."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        line, said = error.lineno, error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(frames) if f.filename == str(file)), None)
        said = str(error)
    if isinstance(error, Slip):
        return in_file(said, file, line or 0)
    return in_file(f"{type(error).__name__}: {said}" if said else type(error).__name__, file, line)


def in_file(said: str, file: Path, line: int | None) -> str:
    """The sentence, with the file and the line in front of it."""
    where = f", line {line}" if line else ""
    end = "" if said.endswith(("?", "!")) else "."
    return f"{shown(file)}{where}: {said.rstrip('.')}{end}"


def placed(slip: Slip, file: Path) -> str:
    """A sentence on the slip, with the file and the line where its word stands."""
    return in_file(str(slip), file, line_of(slip.word, file))


def line_of(word: str, file: Path) -> int:
    """The first line of a Python file that has the word, as a string or a function; 0: none."""
    nodes = list(ast.walk(ast.parse(file.read_bytes())))
    as_text = [n.lineno for n in nodes if isinstance(n, ast.Constant) and n.value == word]
    defined = [n.lineno for n in nodes if isinstance(n, ast.FunctionDef) and n.name == word]
    return min(as_text or defined, default=0)


def shown(file: Path) -> str:
    """The file with its folder, as messages name it."""
    return f"{file.parent.name}/{file.name}"
