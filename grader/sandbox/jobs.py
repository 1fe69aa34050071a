"""A job as a sealed file in memory: whoever reads it reads what the grader wrote."""

import fcntl
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from grader.check import Check
from grader.course import compiled_checks
from grader.implementation import Source
from grader.sandbox.frames import write_frame

SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL


def sealed_job(
    check: Check | None, checks_file: Path, sources: Sequence[Source], inputs: Mapping[str, Any]
) -> IO[bytes]:
    """One frame: sources, inputs, and the checks themselves, since a child may read no file."""
    arrays = {k: v for k, v in inputs.items() if isinstance(v, np.ndarray)}
    job = {
        "checks": str(checks_file),
        "check": check.name if check else None,
        "sources": [(source.brick, source.file, source.own) for source in sources],
        "inputs": {k: v for k, v in inputs.items() if k not in arrays},
    }
    for source in sources:
        arrays[f"source {source.brick}"] = np.frombuffer(source.code, dtype=np.uint8)
    if check:
        arrays["checks"] = np.frombuffer(compiled_checks(checks_file), dtype=np.uint8)
    file = os.fdopen(os.memfd_create("job", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "w+b")
    write_frame(file, job, arrays)
    fcntl.fcntl(file.fileno(), fcntl.F_ADD_SEALS, SEALS)
    return file
