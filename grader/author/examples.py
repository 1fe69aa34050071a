"""Runs the examples in the docstrings of solutions, since they may be wrong.

The examples of each brick run in a process of their own, which imports TensorFlow if the solution
does. A cache has the digests of those that passed, so that `bricks build` does not run them again.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256

from platformdirs import user_cache_path

from grader.classroom.deciding import digest, packages
from grader.content import ENGINE, in_file
from grader.course import Course

LIMIT = 600.0  # seconds for all examples of a brick, and the import of TensorFlow
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": ""}


@dataclass(frozen=True)
class Example:
    """An example that does not come true."""

    line: int
    code: str
    says: str
    came: str

    def __str__(self) -> str:
        says, came = self.says or "nothing", self.came or "nothing"
        return f"the example `{self.code}` says {says}, and what came is {came}"


def wrong_examples(
    course: Course, bricks: Sequence[str], on_start: Callable[[Sequence[str]], None]
) -> list[str]:
    """A sentence for each example that does not come true. Examples that passed do not run again.

    on_start: called with the bricks whose examples run, if there are any.
    """
    folder = user_cache_path("bricks") / "examples"
    unknown = [name for name in bricks if not (folder / _key(course, name)).exists()]
    if unknown:
        on_start(unknown)
    found: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        runs = pool.map(lambda name: list(_sentences(course, name)), unknown)
        for name, said in zip(unknown, runs, strict=True):
            found += said
            if not said:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / _key(course, name)).touch()
    return found


def _key(course: Course, brick: str) -> str:
    """A digest of what decides whether the brick's examples come true."""
    names = [*course.earlier(brick), brick]
    texts = [(course.solutions / f"{name}.py").read_bytes() for name in names]
    return digest([*packages(), *(sha256(text).hexdigest() for text in texts)])


def _sentences(course: Course, brick: str) -> Iterator[str]:
    file = course.solutions / f"{brick}.py"
    command = [sys.executable, "-m", "grader.author.run_examples", str(file)]
    try:
        run = subprocess.run(
            command,
            capture_output=True,
            env={**os.environ, **QUIET, "PYTHONPATH": str(ENGINE.parent)},
            cwd=course.root,
            timeout=LIMIT,
        )
    except subprocess.TimeoutExpired:
        yield in_file(f"its examples take more than {LIMIT:.0f} s", file, 0)
        return
    try:
        answer = json.loads(run.stdout.decode().splitlines()[-1])
    except (IndexError, ValueError):
        yield in_file(f"its examples end the process (status {run.returncode})", file, 0)
        return
    if isinstance(answer, str):
        yield answer
        return
    for example in answer:
        yield in_file(str(Example(**example)), file, example["line"])
