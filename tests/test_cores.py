"""As many side by side as there are cores for us."""

import os

import pytest

from grader import cores


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="Linux counts them so")
def test_cores_are_those_that_this_process_may_use():
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert cores.cores() == 1
    finally:
        os.sched_setaffinity(0, before)


@pytest.mark.parametrize(
    ("quota", "most"),
    [("100000 100000", 1), ("50000 100000", 1), ("max 100000", None), ("?", None)],
)
def test_a_containers_quota_counts(tmp_path, monkeypatch, quota, most):
    without = cores.cores()
    file = tmp_path / "cpu.max"
    file.write_text(quota)
    monkeypatch.setattr(cores, "QUOTA", file)
    assert cores.cores() == (most or without)
