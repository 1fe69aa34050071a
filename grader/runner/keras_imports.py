"""Finds out whether a job imports Keras: the import takes seconds, before the clock starts."""

import re
from functools import lru_cache

from grader.probe import Job

KERAS = re.compile(rb"\b(keras|tensorflow)\b")
IMPORTS = re.compile(rb"(?:^|[;:])\s*((?:import|from)\s[^;]*)")  # also after `try:`


def needs_keras(job: Job) -> bool:
    """Whether the job imports Keras: a source at its top, or the last one for a Keras check.

    The sources before the last one are loaded only where another one imports them.
    """
    of_keras = job.check is not None and job.check.keras
    if not job.sources:
        return of_keras
    *before, last = job.sources
    if imports_keras(last.code, anywhere=of_keras):
        return True
    loaded = [last]
    for source in reversed(before):  # none imports one that comes after it
        if any(imports(one.code, source.brick) for one in loaded):
            loaded.append(source)
    return any(imports_keras(source.code, anywhere=False) for source in loaded[1:])


@lru_cache(maxsize=256)
def imports(code: bytes, module: str) -> bool:
    """Whether a line of the source imports that module."""
    name = re.compile(rb"\b" + re.escape(module.encode()) + rb"\b")
    lines = (line.split(b"#")[0] for line in code.splitlines())
    return any(name.search(found) for line in lines for found in IMPORTS.findall(line))


@lru_cache(maxsize=64)  # asked again for each check
def imports_keras(code: bytes, anywhere: bool) -> bool:
    """Whether the source imports Keras or TensorFlow: as it loads, or anywhere.

    It searches the lines and does not parse them: Python's parser takes minutes for some files, and
    no other thread runs meanwhile. A wrong guess costs the code some seconds of its processor time.
    """
    in_function = False
    for line in code.splitlines():
        if line[:1].strip():
            in_function = line.startswith((b"def ", b"async def "))
        if in_function and not anywhere:
            continue
        for statement in IMPORTS.findall(line.split(b"#")[0]):
            if KERAS.search(statement):
                return True
    return False
