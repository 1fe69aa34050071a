"""The workers of this machine: processes to which the coordinator gives tasks."""

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from grader.classroom.executor import NoWorkersLeft
from grader.classroom.task import Task
from grader.classroom.worker import Orders
from grader.faults import log_fault
from grader.report.report import Report

START = "import sys; sys.path[:] = {path!r}; from grader.classroom.worker import main; main()"
MOST_TRIES = 4  # of a task whose worker ends, as on a cluster
ENDING_LIMIT = 5.0  # seconds for a worker to end after its last answer
THREADS = 4  # a worker's; its Python keeps about four cores busy with students' code


class WorkerEnded(Exception):
    """The workers of a task ended, each time that the task was tried."""


class FailedInWorker(Exception):
    """A task raised in its worker; the message has the exception in words."""


def sizes(jobs: int, cores: int) -> list[int]:
    """How many tasks each worker runs at a time, for `jobs` tasks in all.

    More workers than the cores need would only take memory.
    """
    n = max(1, -(-min(jobs, cores) // THREADS))
    return [jobs // n + (i < jobs % n) for i in range(n)]


@dataclass
class Pending:
    """A task that a worker has not finished."""

    task: Task
    future: "Future[list[Report]]"
    tries: int = 1


class WorkerProcesses(Executor):
    """See concurrent.futures.Executor. A worker that ends is replaced, and its tasks tried again.

    threads: how many tasks each worker runs at a time.
    """

    def __init__(self, root: Path, orders: Orders, threads: Sequence[int]):
        self._begin = root, orders
        self._lock = threading.Lock()
        self._closed = False
        self._workers = [self._started(n) for n in threads]

    def _started(self, threads: int) -> "WorkerProcess":
        return WorkerProcess((*self._begin, threads), threads, self._ended)

    def submit(  # type: ignore[override]
        self, grade_task: Callable[[Task], list[Report]], task: Task, /
    ) -> "Future[list[Report]]":
        """Gives the task to the worker with the fewest tasks; a worker knows `grade_task`."""
        pending = Pending(task, Future())
        with self._lock:
            self._hand_out(pending)
        return pending.future

    def _hand_out(self, pending: Pending) -> None:
        if not self._workers:
            why = "No worker of this machine starts: see what they printed."
            fail(pending.future, NoWorkersLeft(why))
            return
        worker = min(self._workers, key=lambda it: len(it.pending) / it.threads)
        worker.take(pending)

    def _ended(self, worker: "WorkerProcess") -> None:
        """Replaces a worker that has ended, unless it never began; tries its tasks again."""
        with self._lock:
            if self._closed:
                return
            self._workers.remove(worker)
            if worker.began:
                self._workers.append(self._started(worker.threads))
            for pending in worker.pending.values():
                if pending.tries == MOST_TRIES:
                    fail(pending.future, WorkerEnded(pending.task.student))
                elif not pending.future.cancelled():
                    pending.tries += worker.began
                    self._hand_out(pending)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the workers after the checks that are under way."""
        with self._lock:
            self._closed = True
        for worker in self._workers:
            worker.end()
        for worker in self._workers if wait else ():
            worker.wait()


class WorkerProcess:
    """One worker. on_end: called, from a thread, when it has ended."""

    def __init__(
        self, begin: Sequence[Any], threads: int, on_end: Callable[["WorkerProcess"], None]
    ):
        self.threads = threads
        self.began = False
        self.pending: dict[int, Pending] = {}  # by number
        self._on_end = on_end
        self._n = 0
        path = [entry for entry in sys.path if entry]
        self.process = subprocess.Popen(
            [sys.executable, "-c", START.format(path=path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the coordinator, which ends the worker
        )
        assert self.process.stdin and self.process.stdout
        self._tasks, answers = self.process.stdin, self.process.stdout
        self._send(tuple(begin))
        self._reader = threading.Thread(target=self._read, args=(answers,), daemon=True)
        self._reader.start()

    def take(self, pending: Pending) -> None:
        self._n += 1
        self.pending[self._n] = pending
        self._send((self._n, pending.task))

    def _send(self, content: Any) -> None:
        with suppress(OSError, ValueError):  # the worker has ended: `on_end` is called
            pickle.dump(content, self._tasks)
            self._tasks.flush()

    def _read(self, answers: IO[bytes]) -> None:
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                kind, *content = pickle.load(answers)
                if kind == "ready":
                    self.began = True
                elif kind == "fault":
                    log_fault(*content)
                elif (pending := self.pending.pop(content[0], None)) is None:
                    continue
                elif kind == "reports":
                    with suppress(InvalidStateError):  # it was cancelled
                        pending.future.set_result(content[1])
                else:
                    error = FailedInWorker(content[1])
                    error.__cause__ = FailedInWorker(content[2])
                    fail(pending.future, error)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(ENDING_LIMIT)  # it removes its folders
        self.process.kill()
        self.process.wait()
        self._on_end(self)

    def end(self) -> None:
        with suppress(OSError):  # what it has not read is lost
            self._tasks.close()

    def wait(self) -> None:
        self._reader.join()


def fail(future: "Future[list[Report]]", error: Exception) -> None:
    with suppress(InvalidStateError):  # it was cancelled
        future.set_exception(error)
