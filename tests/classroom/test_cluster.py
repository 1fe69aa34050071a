"""The same class on a Dask cluster: the same grades, whatever becomes of its workers."""

import os
import signal
import threading
import time

import pytest

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.slow


@pytest.fixture
def two_workers():
    """A cluster of two workers on loopback, each in a process of its own."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address=None,
    ) as cluster:  # fmt: skip
        yield cluster


def pids(cluster):
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        return list(client.run(os.getpid).values())


def test_a_cluster_gives_the_same_grades(toys, two_workers):
    toys.grade("here", "--fresh")
    run = toys.grade("there", "--fresh", "--dask", two_workers.scheduler_address)
    assert run.returncode == 1, run.stderr
    assert toys.results("there") == toys.results("here")


def test_a_worker_that_dies_is_survived(toys, two_workers):
    toys.grade("here", "--fresh")
    [victim, _] = pids(two_workers)

    def kill():
        lines = toys.checkout.root / "there" / "results.jsonl"
        while not lines.exists() or not lines.stat().st_size:
            time.sleep(0.05)
        os.kill(victim, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    run = toys.grade("there", "--fresh", "--dask", two_workers.scheduler_address)
    killer.join()
    assert run.returncode == 1, run.stderr
    assert victim not in pids(two_workers)
    assert toys.results("there") == toys.results("here")


def test_what_kills_every_worker_is_given_up_and_costs_nobody_else(toys, two_workers):
    """At level basic a submission can end the process that started it: its worker."""
    toys.hand_in("aa-kills", "import os\nos.kill(os.getppid(), 9)\n")
    run = toys.grade("out", "--fresh", "--dask", two_workers.scheduler_address)
    by_student = {g["student"]: g for g in toys.results("out")}
    assert by_student["aa-kills"]["status"] == "crashed"
    assert by_student["aa-kills"]["points"] == 0
    assert "Crashed: aa-kills, toy" in run.stdout
    assert sum(g["points"] == 2 for g in by_student.values()) == 8
    assert {g["status"] for g in by_student.values()} == {"graded", "crashed"}


def test_a_scheduler_that_does_not_answer_is_told_in_a_sentence(toys):
    run = toys.grade("out", "--dask", "tcp://127.0.0.1:9")
    assert run.returncode == 2
    assert run.stderr.startswith("bricks: No Dask scheduler answers at tcp://127.0.0.1:9")
