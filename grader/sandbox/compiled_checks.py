"""Checks for a process that may read no file: compiled by the grader, run by the child."""

import marshal
from pathlib import Path
from types import ModuleType

from grader.brick import Brick
from grader.content import run_content
from grader.unchanged import while_unchanged


@while_unchanged
def compiled_checks(file: Path) -> bytes:
    """A file of checks, compiled, for a process that may read no file."""
    return marshal.dumps(compile(file.read_bytes(), str(file), "exec", dont_inherit=True))


def brick_of(compiled: bytes, file: Path) -> Brick:
    """The brick that compiled checks declare. They must come from compiled_checks.

    Whoever asks for a check has read the file before, and looked for slips of its author.
    """
    module = ModuleType(f"checks_in_{file.stem}")
    module.__file__ = str(file)
    code = marshal.loads(compiled)
    run_content(module, file, lambda: exec(code, module.__dict__))
    return next(value for value in vars(module).values() if isinstance(value, Brick))
