"""Grading on a Dask cluster: its executor, and what each worker needs before the first task.

Workers need this package installed, in the same version; the course travels to them.
"""

import asyncio
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from uuid import uuid4

from distributed import Client, KilledWorker, Reschedule, Security, Worker, WorkerPlugin, get_worker
from distributed.comm import connect

from grader import mnist
from grader.classroom.deciding import engine
from grader.classroom.executor import LOOK_AGAIN, NobodyLeft, Workers
from grader.classroom.grading import Grading, grading_at, versions
from grader.classroom.isolation import isolation
from grader.classroom.task import Task
from grader.course import Course, CourseError
from grader.policy import Policy
from grader.report import Provenance, Report

PLUGIN = "bricks"
CONNECT_LIMIT = 10.0  # seconds
PATIENCE = 300  # seconds without a worker: a queue or a cloud takes minutes to start one
TASKS_PER_CORE = 4  # given to the cluster: a worker that is done finds the next one waiting

logger = logging.getLogger("distributed.worker.bricks")  # shown where a worker's own words are


class Taken(NobodyLeft):
    """The workers are now set up for another grading."""


@dataclass(frozen=True)
class Kit:
    """The course's files by their place in it, other digits if any, and how to grade.

    run: the name of this one grading, which no other has.
    """

    run: str
    files: Mapping[str, bytes]
    digits: bytes | None
    engine: str
    policy: Policy
    provenance: Provenance
    day: date


def kit_of(grading: Grading) -> Kit:
    course = grading.course
    paths = [
        path
        for folder in (course.exercises, course.solutions)
        for pattern in ("*.py", "*.json")
        for path in folder.rglob(pattern)
    ]
    other = os.environ.get(mnist.VARIABLE)
    return Kit(
        f"{PLUGIN}-{uuid4().hex}",
        {path.relative_to(course.root).as_posix(): path.read_bytes() for path in paths},
        Path(other).read_bytes() if other else None,
        engine(),
        grading.policy,
        grading.provenance,
        grading.day,
    )


class SetUp(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """Unpacks the kit on every worker, also on one that starts later; in the end it takes it away.

    A worker that cannot grade as it is done here says why and leaves the cluster.
    """

    name = PLUGIN

    def __init__(self, kit: Kit):
        self.kit = kit
        self.grading: Grading | None = None

    async def setup(self, worker: Worker) -> None:
        self.open = ExitStack()
        try:
            self.grading = self._marking(Path(worker.local_directory))
        except Exception as error:  # whatever it is: this worker cannot grade
            self.open.close()
            logger.error("This worker takes no part in the grading and ends: %s", error)
            await worker.scheduler.log_event(topic=self.kit.run, msg=[worker.address, str(error)])
            worker.loop.add_callback(worker.close_gracefully)  # once Dask is done with this call

    def _marking(self, scratch: Path) -> Grading:
        """Raises CourseError, or whatever keeps this machine from grading."""
        if engine() != self.kit.engine:
            raise CourseError("It has another version of the kit: install this one.")
        if versions() != self.kit.provenance.versions:
            raise CourseError(f"It has other versions: {versions()}. Install the same ones.")
        folder = Path(tempfile.mkdtemp(prefix="bricks-course-", dir=scratch))
        self.open.callback(shutil.rmtree, folder, ignore_errors=True)
        for place, content in self.kit.files.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        digits = folder / "digits.npz"
        if self.kit.digits is not None:
            digits.write_bytes(self.kit.digits)
        self.open.enter_context(digits_from(digits if self.kit.digits is not None else None))
        _, places = self.open.enter_context(isolation(self.kit.provenance.isolation))
        kit = self.kit
        level = kit.provenance.isolation
        grading = grading_at(Course(folder), kit.policy, level, places, kit.day)
        return self.open.enter_context(closing(grading))

    def teardown(self, worker: Worker) -> None:
        self.open.close()


@contextmanager
def digits_from(path: Path | None) -> Iterator[None]:
    """The digits in that file, or the kit's own, whatever the environment names otherwise."""
    before = os.environ.pop(mnist.VARIABLE, None)
    if path is not None:
        os.environ[mnist.VARIABLE] = str(path)
    try:
        yield
    finally:
        os.environ.pop(mnist.VARIABLE, None)
        if before is not None:
            os.environ[mnist.VARIABLE] = before


def mark(run: str, task: Task) -> list[Report]:
    """Grades the task on the worker that this runs on, which was set up for this `run`.

    Raises Taken where another grading has set the worker up for itself.
    """
    plugin = get_worker().plugins.get(PLUGIN)
    if plugin is None or plugin.kit.run != run:
        raise Taken(
            "Another grading has taken this cluster: once it is done, the same command goes on."
        )
    if plugin.grading is None:
        raise Reschedule  # this worker is about to leave
    reports: list[Report] = plugin.grading.grade(task)
    return reports


class Crew:
    """The workers of a cluster that take part, while it grades."""

    def __init__(self, client: Client, run: str):
        self.client = client
        self.run = run
        self.refused: dict[str, str] = {}  # why, by the worker's address
        self._met: set[str] = set()
        self._cores = 0
        self._looked = 0.0
        self._last_seen = time.monotonic()

    def at_once(self) -> int:
        """How many tasks to have under way, with the workers that are there now.

        Raises NobodyLeft where no worker can take part, or none was there for PATIENCE seconds.
        """
        if time.monotonic() - self._looked >= LOOK_AGAIN:
            self._look()
        return max(1, TASKS_PER_CORE * self._cores)

    def wait_for_first(self) -> None:
        """Returns once there is a worker. Raises NobodyLeft as `at_once` does."""
        self._look()
        if not self._cores:
            tell(f"the cluster has no worker yet: waiting {PATIENCE} s for the first.")
        while not self._cores:
            time.sleep(LOOK_AGAIN)
            self._look()

    def _look(self) -> None:
        try:
            there = self.client.ncores()
            events = self.client.get_events(self.run)
        except OSError as error:
            raise NobodyLeft(
                f"The cluster's scheduler is gone ({error}): on another, the same command goes on."
            ) from None
        for _, (worker, why) in events:
            self.refuse(worker, why)
        self._met |= there.keys()
        self._cores = sum(n for worker, n in there.items() if worker not in self.refused)
        self._looked = time.monotonic()
        if self._cores:
            self._last_seen = self._looked
        elif self.refused and self._met <= self.refused.keys():
            why = next(iter(self.refused.values()))
            raise NobodyLeft(f"No worker of the cluster can take part: {why}")
        elif self._looked - self._last_seen > PATIENCE:
            raise NobodyLeft(
                f"No worker has been there for {PATIENCE} s: start some, and the same command "
                "goes on."
            )

    def refuse(self, worker: str, why: str) -> None:
        if worker not in self.refused:
            self.refused[worker] = why
            tell(f"the worker {worker} takes no part: {why}")

    def send_away_those_without_kit(self) -> None:
        """They could not even be told what to do: the tasks are in terms of the kit's classes."""

        def lacks() -> str:  # in here, so that Dask sends its code and not only its name
            try:
                import grader.cluster.dask_cluster  # noqa: F401
            except Exception as error:
                return str(error)
            return ""

        answers = self.client.run(lacks, on_error="ignore")
        without = {worker: why for worker, why in answers.items() if why}
        for worker, why in without.items():
            self.refuse(worker, f"It does not have the kit ({why}): install it there.")
        if without:
            self._met |= without.keys()
            self.client.retire_workers(list(without), close_workers=True)


def tell(what: str) -> None:
    print(f"bricks: {what}", file=sys.stderr)


@contextmanager
def cluster(address: str, grading: Grading) -> Iterator[Workers]:
    """The workers of the cluster at that address.

    Raises CourseError where no scheduler answers, and NobodyLeft as Crew.at_once does. In the end
    nothing of this grading stays on the workers.
    """
    asyncio.run(_meet(address))
    client = Client(address, timeout=CONNECT_LIMIT, set_as_default=False)
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # its tracebacks: we tell
    kit = kit_of(grading)
    crew = Crew(client, kit.run)
    ours = True
    try:
        crew.send_away_those_without_kit()
        with suppress(OSError):  # a worker ended just now
            client.register_plugin(SetUp(kit))
        crew.wait_for_first()
        executor = client.get_executor(pure=False)
        yield Workers(executor, partial(mark, kit.run), crew.at_once, ended=(KilledWorker,))
    except Taken:
        ours = False
        raise
    finally:
        if ours:
            with suppress(OSError, ValueError):  # the scheduler is gone, or has forgotten it
                client.unregister_worker_plugin(PLUGIN)
        client.close()


async def _meet(address: str) -> None:
    """Raises CourseError where no scheduler answers. (A Client that meets none is never quiet.)"""
    try:
        about = Security().get_connection_args("client")
        met = connect(address, timeout=CONNECT_LIMIT, **about)
        comm = await asyncio.wait_for(met, CONNECT_LIMIT)
        await comm.close()
        return
    except (OSError, asyncio.TimeoutError):
        why = f"in {CONNECT_LIMIT:.0f} s: does it run there?"
    except (TypeError, ValueError) as error:  # of the address, or for want of a certificate
        why = f"({error})."
    except Exception:  # whatever its words are taken for
        why = "but something else does."
    raise CourseError(f"No Dask scheduler answers at {address} {why}")
