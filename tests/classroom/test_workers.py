"""Workers of this machine: the same grades, whatever becomes of one of them."""

import os
import shutil
import signal
from contextlib import contextmanager
from datetime import date

import pytest

from grader.classroom.executor import NoWorkersLeft
from grader.classroom.grading import grading_at
from grader.classroom.isolation import own_process
from grader.classroom.task import Task
from grader.classroom.worker import orders_of
from grader.classroom.worker_processes import (
    MOST_TRIES,
    FailedInWorker,
    WorkerEnded,
    WorkerProcesses,
    sizes,
)
from grader.course import Course
from grader.policy import Policy
from grader.sandbox.levels import BASIC
from grader.source import Source

RIGHT = "def f(x): return 2 * x"
# At the level `basic` code can end its worker, which is its parent's process.
ENDS_ITS_WORKER = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n" + RIGHT


@pytest.mark.parametrize(
    ("jobs", "cores", "expected"),
    [
        (1, 1, [1]),
        (2, 2, [2]),
        (4, 16, [4]),
        (5, 16, [3, 2]),
        (16, 16, [4, 4, 4, 4]),
        (64, 2, [64]),
        (64, 16, [16, 16, 16, 16]),
        (1, 64, [1]),
    ],
)
def test_a_worker_for_four_cores(jobs, cores, expected):
    assert sizes(jobs, cores) == expected


@pytest.fixture
def opened(toys):
    grading = grading_at(
        Course(toys.checkout.root), Policy(1, repair=0.0), BASIC, own_process, date(2026, 11, 1)
    )

    @contextmanager
    def opened(threads, orders=None):
        pool = WorkerProcesses(grading.course.root, orders or orders_of(grading), threads)
        try:
            yield pool
        finally:
            pool.shutdown()
            assert all(worker.process.poll() is not None for worker in pool._workers)

    return opened


def task(student, text=RIGHT, brick="toy"):
    return Task(student, {"toy": Source("toy", "toy.py", text.encode())}, (brick,))


def points(future):
    [report] = future.result(120)
    return report.student, report.points


def graded(pool, task):
    return pool.submit(None, task)


def test_two_workers_grade_a_class(opened):
    with opened([2, 2]) as pool:
        done = [
            graded(pool, task(f"s{i}", RIGHT if i % 2 else "def f(x): return x")) for i in range(8)
        ]
        assert {len(worker.pending) for worker in pool._workers} <= {3, 4}
        assert [points(one) for one in done] == [(f"s{i}", 2 * (i % 2) or 1) for i in range(8)]


def test_a_worker_that_dies_costs_its_tasks_a_retry(opened):
    with opened([1, 1]) as pool:
        assert points(graded(pool, task("first"))) == ("first", 2)
        done = [graded(pool, task(f"s{i}")) for i in range(6)]
        victim = pool._workers[0]
        os.kill(victim.process.pid, signal.SIGKILL)
        assert [points(one) for one in done] == [(f"s{i}", 2) for i in range(6)]
        assert victim not in pool._workers
        assert len(pool._workers) == 2


def test_a_task_that_ends_its_workers_is_given_up(opened):
    with opened([1]) as pool:
        future = graded(pool, task("bad", ENDS_ITS_WORKER))
        with pytest.raises(WorkerEnded):
            future.result(120)
        assert points(graded(pool, task("good"))) == ("good", 2)
    assert MOST_TRIES == 4


def test_what_fails_in_a_task_is_that_tasks_alone(opened):
    with opened([1]) as pool:
        with pytest.raises(FailedInWorker, match="KeyError") as caught:
            graded(pool, task("odd", brick="unknown")).result(120)
        assert "Traceback" in str(caught.value.__cause__)
        assert points(graded(pool, task("good"))) == ("good", 2)


def test_workers_that_do_not_start_end_the_grading(opened, capfd):
    with opened([1, 1], orders="none") as pool:
        for _ in range(2):  # also what comes when they are gone
            with pytest.raises(NoWorkersLeft, match="No worker of this machine starts"):
                graded(pool, task("ada")).result(120)
    capfd.readouterr()


@pytest.mark.long
def test_halves_of_a_class_are_brought_together(toys):
    """As docs/large-class.md says: lines of both halves, then the whole class without grading."""
    root = toys.checkout.root
    submitted, whole = root / "submitted", root / "whole"
    submitted.rename(whole)
    names = sorted(path.name for path in whole.iterdir())[:6]
    lines = b""
    for half in (names[:3], names[3:], names):
        shutil.rmtree(submitted, ignore_errors=True)
        for name in half:
            shutil.copytree(whole / name, submitted / name)
        if half is names:
            (root / "all").mkdir()
            (root / "all" / "results.jsonl").write_bytes(lines)
            assert "6 students" in (said := toys.again("all").stdout)
            assert "(6 graded before)" in said
            assert [grade["student"] for grade in toys.results("all")] == names
        else:
            toys.grade(half[0], "--fresh")
            lines += (root / half[0] / "results.jsonl").read_bytes()


def test_a_worker_has_time_to_remove_its_folders(toys, tmp_path, monkeypatch):
    """It closes its answers before it ends; what it still has to do then is done."""
    late = tmp_path / "removed"
    clears_up = f"import time; time.sleep(0.3); open({str(late)!r}, 'w')"
    monkeypatch.setattr(
        "grader.classroom.worker_processes.START", f"import os; os.close(1); {clears_up} # {{path}}"
    )
    pool = WorkerProcesses(toys.checkout.root, "none", [1])
    pool.shutdown()
    assert late.exists()
