"""Checks for a child, which may read no file: the grader compiles them, and the child runs them."""

import marshal
from pathlib import Path
from types import ModuleType

from grader.brick import Brick
from grader.content import run_content
from grader.unchanged import while_unchanged


@while_unchanged
def compiled_checks(file: Path) -> bytes:
    """The file of checks as compiled code."""
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
