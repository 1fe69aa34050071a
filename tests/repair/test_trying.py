"""Trying variants leaves nothing behind: a search tries thousands in one process."""

import threading
import time

from grader.probe import Change, Job
from grader.runner.trying import try_variants
from grader.source import Source

CODE = b"def f(x):\n    return 2 * x\n"


def test_no_thread_stays_that_watched_a_variant(course):
    check = course.bricks["neuron"].checks["sigmoid_values"]
    variant = (Change("neuron.py", 1, 2, "def sigmoid(z):\n    return z"),)
    job = Job(check, course.checks_file("neuron"), (Source("neuron", "neuron.py", CODE),),
              check.draw(0), variants=(variant,))  # fmt: skip
    before = threading.active_count()
    for _ in range(5):
        [came] = try_variants(job).values
        assert came is not None
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() == before


def test_a_variant_that_never_ends_is_stopped_after_others_ended(course):
    check = course.bricks["neuron"].checks["sigmoid_values"]
    right = (Change("neuron.py", 1, 2, "def sigmoid(z):\n    return z"),)
    endless = (Change("neuron.py", 1, 2, "def sigmoid(z):\n    while True:\n        pass"),)
    for variants in ((right,), (right, endless, right)):
        job = Job(check, course.checks_file("neuron"), (Source("neuron", "neuron.py", CODE),),
                  check.draw(0), variants=variants)  # fmt: skip
        came = try_variants(job).values
        assert [one is not None for one in came] == [it is right for it in variants]
        time.sleep(0.3)  # nothing is watched meanwhile


def test_slow_variants_together_take_no_longer_than_the_job_s_limit(course):
    check = course.bricks["neuron"].checks["sigmoid_values"]
    slow = (Change("neuron.py", 1, 2, "def sigmoid(z):\n    while True:\n        pass"),)
    job = Job(check, course.checks_file("neuron"), (Source("neuron", "neuron.py", CODE),),
              check.draw(0), limit=0.5, variants=(slow,) * 20)  # fmt: skip
    began = time.thread_time()
    came = try_variants(job).values
    assert len(came) == 20
    assert time.thread_time() - began < 1.0  # it looks twenty times a second
