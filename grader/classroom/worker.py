"""A worker: a process that grades students, with children, references and judging of its own.

The coordinator (grader.classroom.worker_processes) starts workers on this machine, and Dask
(grader.cluster) on a cluster. A worker knows the secret seed and the references, and runs no
student's code itself.
"""

import os
import pickle
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from grader.classroom.grading import Grading
from grader.classroom.isolation import as_measured, isolation
from grader.classroom.task import Task
from grader.course import Course
from grader.faults import forwarding_faults
from grader.language import speak
from grader.policy import Policy
from grader.report.report import Provenance


@dataclass(frozen=True)
class Orders:
    """How a class is graded: the same for all its workers."""

    policy: Policy
    provenance: Provenance
    day: date


def orders_of(grading: Grading) -> Orders:
    return Orders(grading.policy, grading.provenance, grading.day)


@contextmanager
def ready_to_grade(course: Course, orders: Orders, measure: bool = True) -> Iterator[Grading]:
    """A worker's Grading. Raises IsolationError if the machine does not give the level.

    measure: False if canaries have just measured the level on this machine.
    """
    speak(course.root, course.language)
    level = orders.provenance.isolation
    found = isolation(level) if measure else as_measured(level)
    with found as (_, runners):
        grading = Grading(course, orders.policy, orders.provenance, runners, orders.day)
        with closing(grading):
            yield grading


def main() -> None:
    """Grades tasks from the standard input until it ends, and sends answers to standard output.

    Meanwhile printed text goes to standard error.
    """
    tasks = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    one_at_a_time = threading.Lock()

    def send(*message: Any) -> None:
        content = pickle.dumps(message)
        with one_at_a_time:
            answers.write(content)
            answers.flush()

    root, orders, threads = pickle.load(tasks)
    with (
        forwarding_faults(lambda about, details: send("fault", about, details)),
        ready_to_grade(Course(Path(root)), orders, measure=False) as grading,
    ):
        _serve(grading, threads, lambda: pickle.load(tasks), send)


def _serve(
    grading: Grading, threads: int, take: Callable[[], Any], send: Callable[..., None]
) -> None:
    pool = ThreadPoolExecutor(threads)
    send("ready")
    try:
        while True:
            number, task = take()
            pool.submit(_do, grading, number, task, send)
    except EOFError:  # the coordinator has ended, or has no more tasks
        grading.stop()
        pool.shutdown(cancel_futures=True)


def _do(grading: Grading, number: int, task: Task, send: Callable[..., None]) -> None:
    try:
        send("reports", number, grading.grade(task))
    except BrokenPipeError:  # the coordinator has ended
        return
    except BaseException as error:
        send("failed", number, f"{type(error).__name__}: {error}", traceback.format_exc())
