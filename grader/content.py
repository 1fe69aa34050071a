"""The course's own Python files, run as modules: checks and misconceptions.

An author's error in one of them becomes a sentence with file and line.
"""

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


class CourseError(Exception):
    """Files or names that an instructor gave cannot be used; the message says what to do."""


class BrokenContent(CourseError):
    """A file of the course cannot be run or read; `__cause__` is the exception that says why."""


def load_content(name: str, file: Path) -> ModuleType:
    """The module in the file, run anew. Raises BrokenContent where it raises."""
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise CourseError(f"{file} cannot be read as Python.")
    loader, module = spec.loader, importlib.util.module_from_spec(spec)
    return run_content(module, file, lambda: loader.exec_module(module))


def run_content(module: ModuleType, file: Path, run: Callable[[], None]) -> ModuleType:
    """Runs a module of the course and leaves it in `sys.modules`, as an import does.

    A dataclass with postponed annotations looks up its module there, even one made in a probe.
    """
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        run()
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        if before is not None:
            sys.modules[module.__name__] = before
        raise BrokenContent(why_broken(error, file)) from error
    return module


def read_json(file: Path) -> Any:
    """What the file holds; {} where there is no file. Raises BrokenContent."""
    try:
        return json.loads(file.read_bytes()) if file.exists() else {}
    except ValueError as error:
        raise BrokenContent(f"{shown(file)} is no JSON: {error}.") from error


def read_toml(file: Path) -> dict[str, Any]:
    """What the file holds; {} where there is no file. Raises BrokenContent."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig")) if file.exists() else {}
    except UnicodeDecodeError:
        raise BrokenContent(f"{file.name} is no text in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise BrokenContent(f"{file.name} is no TOML: {error}.") from None


def why_broken(error: BaseException, file: Path) -> str:
    """A sentence on the exception, with the line of the file that it comes from."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        line, said = error.lineno, error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(frames) if f.filename == str(file)), None)
        said = str(error)
    where = f", line {line}" if line else ""
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return f"{shown(file)}{where}: {what.rstrip('.')}."


def shown(file: Path) -> str:
    """The file with its folder, as messages name it."""
    return f"{file.parent.name}/{file.name}"
