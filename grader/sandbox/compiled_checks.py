"""Checks for a child, which may read no file: the grader compiles them, and the child runs them."""

import marshal
from pathlib import Path
from types import ModuleType

from grader.brick import Brick
from grader.content import run_content
from grader.declared import declared_in
from grader.unchanged import while_unchanged


@while_unchanged
def compiled_checks(file: Path) -> bytes:
    """The file of checks as compiled code."""
    return marshal.dumps(compile(file.read_bytes(), str(file), "exec", dont_inherit=True))


def brick_of(compiled: bytes, file: Path) -> Brick:
    """The brick that compiled checks declare. They must come from compiled_checks."""
    module = ModuleType(f"checks_in_{file.stem}")
    module.__file__ = str(file)
    code = marshal.loads(compiled)
    return declared_in(run_content(module, file, lambda: exec(code, module.__dict__)), file)
