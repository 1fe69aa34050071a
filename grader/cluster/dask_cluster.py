"""Grading on a Dask cluster: its executor, and the setup of each worker before its first task.

Workers need this package installed, in the same version; the course is sent to them.
"""

import asyncio
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

from distributed import Client, KilledWorker, Reschedule, Security, Worker, WorkerPlugin, get_worker
from distributed.comm import connect

from grader import mnist
from grader.classroom.cache import course_files
from grader.classroom.deciding import engine
from grader.classroom.executor import LOOK_AGAIN, NoWorkersLeft, Workers
from grader.classroom.grading import Grading, versions
from grader.classroom.task import Task
from grader.classroom.worker import Orders, orders_of, ready_to_grade
from grader.course import Course, CourseError
from grader.exit_status import say
from grader.language import VARIABLE as language_variable
from grader.language import catalogues_in_use, language
from grader.report.report import Report

PLUGIN = "bricks"
CONNECT_LIMIT = 10.0  # seconds
PATIENCE = 300  # seconds without a worker: a queue or a cloud takes minutes to start one
TASKS_PER_CORE = 4  # sent ahead, so that a worker that has finished a task has the next one
# No tracebacks of Dask, whoever writes to a broken connection: our own error says what is wrong.
LOGGERS = ("distributed", "distributed.client", "tornado.application", "asyncio")

logger = logging.getLogger("distributed.worker.bricks")  # appears in the worker's own log


class ClusterTaken(NoWorkersLeft):
    """The workers are now set up for another grading."""


@dataclass(frozen=True)
class Kit:
    """What a worker needs: the course's files by path, other digits if any, and how to grade.

    run: the unique name of this grading.
    """

    run: str
    files: Mapping[str, bytes]
    digits: bytes | None
    engine: str
    orders: Orders
    language: str


def kit_of(grading: Grading) -> Kit:
    course = grading.course
    other = os.environ.get(mnist.VARIABLE)
    catalogues = [file for file in catalogues_in_use(course.root) if course.root in file.parents]
    return Kit(
        f"{PLUGIN}-{uuid4().hex}",
        {
            path.relative_to(course.root).as_posix(): path.read_bytes()
            for path in [*course_files(course), *catalogues]
        },
        Path(other).read_bytes() if other else None,
        engine(),
        orders_of(grading),
        language(),
    )


class SetUp(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """Unpacks the kit on every worker, also on those that start later; removes it at the end.

    A worker that would grade otherwise than this machine says why, and leaves the cluster.
    """

    name = PLUGIN

    def __init__(self, kit: Kit):
        self.kit = kit
        self.grading: Grading | None = None

    async def setup(self, worker: Worker) -> None:
        self.open = ExitStack()
        try:
            self.grading = self._opened(Path(worker.local_directory))
        except Exception as error:  # of any kind: this worker cannot grade
            self.open.close()
            logger.error("This worker takes no part in the grading and ends: %s", error)
            await worker.scheduler.log_event(topic=self.kit.run, msg=[worker.address, str(error)])
            worker.loop.add_callback(worker.close_gracefully)  # after Dask has ended this call

    def _opened(self, scratch: Path) -> Grading:
        """Unpacks the kit on this machine. Raises CourseError if versions differ, or any error."""
        if engine() != self.kit.engine:
            raise CourseError("It has another version of the kit: install this one.")
        if versions() != self.kit.orders.provenance.versions:
            raise CourseError(f"It has other versions: {versions()}. Install the same ones.")
        folder = Path(tempfile.mkdtemp(prefix="bricks-course-", dir=scratch))
        self.open.callback(shutil.rmtree, folder, ignore_errors=True)
        for relative, content in self.kit.files.items():
            path = folder / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        digits = folder / "digits.npz"
        if self.kit.digits is not None:
            digits.write_bytes(self.kit.digits)
        self.open.enter_context(digits_from(digits if self.kit.digits is not None else None))
        self.open.enter_context(in_environment(language_variable, self.kit.language))
        return self.open.enter_context(ready_to_grade(Course(folder), self.kit.orders))

    def teardown(self, worker: Worker) -> None:
        self.open.close()


@contextmanager
def digits_from(path: Path | None) -> Iterator[None]:
    """Uses the digits in the file, or the kit's own for None; never those of the environment."""
    with in_environment(mnist.VARIABLE, "" if path is None else str(path)):
        yield


@contextmanager
def in_environment(name: str, value: str) -> Iterator[None]:
    """While the block lasts, the variable has that value, or is not set where that is empty."""
    before = os.environ.pop(name, None)
    if value:
        os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before


def grade_task(run: str, task: Task) -> list[Report]:
    """Runs on a worker, which was set up for this `run`, and grades the task.

    Raises ClusterTaken if the worker is now set up for another grading.
    """
    plugin = get_worker().plugins.get(PLUGIN)
    if plugin is None or plugin.kit.run != run:
        raise ClusterTaken(
            "Another grading has taken this cluster: once it is done, the same command goes on."
        )
    if plugin.grading is None:
        raise Reschedule  # this worker is about to leave
    reports: list[Report] = plugin.grading.grade(task)
    return reports


class Crew:
    """The workers of a cluster that take part in a grading.

    refused: by address, why a worker takes no part.
    """

    def __init__(self, client: Client, run: str):
        self.client = client
        self.run = run
        self.refused: dict[str, str] = {}
        self._seen: set[str] = set()
        self._cores = 0
        self._looked = 0.0
        self._last_seen = time.monotonic()

    def at_once(self) -> int:
        """How many tasks should run on the present workers.

        Raises NoWorkersLeft if no worker can take part, or none was there for PATIENCE seconds.
        """
        if time.monotonic() - self._looked >= LOOK_AGAIN:
            self._look()
        return max(1, TASKS_PER_CORE * self._cores)

    def wait_for_first(self) -> None:
        """Returns once there is a worker. Raises NoWorkersLeft as `at_once` does."""
        self._look()
        if not self._cores:
            say(f"the cluster has no worker yet: waiting {PATIENCE} s for the first.")
        while not self._cores:
            time.sleep(LOOK_AGAIN)
            self._look()

    def _look(self) -> None:
        try:
            cores = self.client.ncores()
            events = self.client.get_events(self.run)
        except OSError as error:
            raise NoWorkersLeft(
                f"The cluster's scheduler is gone ({error}): on another, the same command goes on."
            ) from None
        for _, (worker, why) in events:
            self.refuse(worker, why)
        self._seen |= cores.keys()
        self._cores = sum(n for worker, n in cores.items() if worker not in self.refused)
        self._looked = time.monotonic()
        if self._cores:
            self._last_seen = self._looked
        elif self.refused and self._seen <= self.refused.keys():
            why = next(iter(self.refused.values()))
            raise NoWorkersLeft(f"No worker of the cluster can take part: {why}")
        elif self._looked - self._last_seen > PATIENCE:
            raise NoWorkersLeft(
                f"No worker has been there for {PATIENCE} s: start some, and the same command "
                "goes on."
            )

    def refuse(self, worker: str, why: str) -> None:
        if worker not in self.refused:
            self.refused[worker] = why
            say(f"the worker {worker} takes no part: {why}")

    def retire_workers_without_kit(self) -> None:
        """Retires workers that cannot import the kit: they could not even unpickle a task."""

        def lacks() -> str:  # a local function: Dask sends its code, not only its name
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
            self._seen |= without.keys()
            self.client.retire_workers(list(without), close_workers=True)


@contextmanager
def cluster(address: str, grading: Grading) -> Iterator[Workers]:
    """The workers of the cluster at the address. At the end, nothing of the grading stays on them.

    Raises CourseError if no scheduler answers, and NoWorkersLeft as Crew.at_once does.
    """
    asyncio.run(_check_scheduler(address))
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    client = Client(address, timeout=CONNECT_LIMIT, set_as_default=False)
    kit = kit_of(grading)
    crew = Crew(client, kit.run)
    taken = False
    try:
        crew.retire_workers_without_kit()
        with suppress(OSError):  # a worker has just ended
            client.register_plugin(SetUp(kit))
        crew.wait_for_first()
        executor = client.get_executor(pure=False)
        yield Workers(executor, partial(grade_task, kit.run), crew.at_once, ended=(KilledWorker,))
    except ClusterTaken:
        taken = True
        raise
    finally:
        if not taken:
            with suppress(OSError, ValueError):  # the scheduler is gone, or has forgotten it
                client.unregister_worker_plugin(PLUGIN)
        client.close()


async def _check_scheduler(address: str) -> None:
    """Raises CourseError if no scheduler answers; a Client would print many lines before it did."""
    try:
        about = Security().get_connection_args("client")
        connecting = connect(address, timeout=CONNECT_LIMIT, **about)
        comm = await asyncio.wait_for(connecting, CONNECT_LIMIT)
        await comm.close()
        return
    except (OSError, asyncio.TimeoutError):
        why = f"in {CONNECT_LIMIT:.0f} s: does it run there?"
    except (TypeError, ValueError) as error:  # the address is wrong, or a certificate is missing
        why = f"({error})."
    except Exception:  # another service answers, with bytes that raise anything
        why = "but something else does."
    raise CourseError(f"No Dask scheduler answers at {address} {why}")
