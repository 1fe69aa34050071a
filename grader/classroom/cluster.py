"""Grading on a Dask cluster: its executor, and what each worker needs before the first task.

Workers need this package installed, in the same version; the course travels to them.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import Client, Worker, WorkerPlugin, get_worker

from grader import mnist
from grader.classroom.cache import engine
from grader.classroom.isolation import isolation
from grader.classroom.marking import Marking
from grader.classroom.task import Grade, Task
from grader.course import Course, CourseError

PLUGIN = "bricks"
CONNECT_LIMIT = "10s"


@dataclass(frozen=True)
class Kit:
    """The course's files by their place in it, other digits if any, and how to grade."""

    files: Mapping[str, bytes]
    digits: bytes | None
    engine: str
    seed: int
    about: Mapping[str, Any]
    on_own: bool
    still_open: bool


def kit_of(marking: Marking) -> Kit:
    course = marking.course
    paths = [
        path
        for folder in (course.exercises, course.solutions)
        for pattern in ("*.py", "*.json")
        for path in folder.rglob(pattern)
    ]
    other = os.environ.get(mnist.VARIABLE)
    return Kit(
        {path.relative_to(course.root).as_posix(): path.read_bytes() for path in paths},
        Path(other).read_bytes() if other else None,
        engine(),
        marking.seed,
        marking.about,
        marking.on_own,
        marking.still_open,
    )


class SetUp(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """Unpacks the kit on every worker, also on one that starts later.

    A worker that does not give the isolation that was measured here takes no part.
    """

    name = PLUGIN

    def __init__(self, kit: Kit):
        self.kit = kit

    def setup(self, worker: Worker) -> None:
        if engine() != self.kit.engine:
            raise CourseError(f"{worker.address} has another version of the kit: install this one.")
        self.folder = Path(tempfile.mkdtemp(prefix="bricks-course-"))
        for place, content in self.kit.files.items():
            path = self.folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if self.kit.digits is not None:
            digits = self.folder / "digits.npz"
            digits.write_bytes(self.kit.digits)
            os.environ[mnist.VARIABLE] = str(digits)
        self.open = ExitStack()
        _, places = self.open.enter_context(isolation(self.kit.about["isolation"]))
        self.marking = self.open.enter_context(
            closing(
                Marking(
                    Course(self.folder),
                    self.kit.seed,
                    self.kit.about,
                    places,
                    self.kit.on_own,
                    self.kit.still_open,
                )
            )
        )

    def teardown(self, worker: Worker) -> None:
        self.open.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def mark(task: Task) -> list[Grade]:
    """Grades the task on the worker that this runs on."""
    grades: list[Grade] = get_worker().plugins[PLUGIN].marking.grade(task)
    return grades


@contextmanager
def cluster(address: str, marking: Marking) -> Iterator[tuple[Executor, int]]:
    """The executor of the cluster at that address, and how many tasks it takes at a time."""
    try:
        client = Client(address, timeout=CONNECT_LIMIT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CourseError(f"No Dask scheduler answers at {address} ({error}).") from None
    try:
        client.register_plugin(SetUp(kit_of(marking)))
        yield client.get_executor(pure=False), sum(client.ncores().values())
    finally:
        client.close()
