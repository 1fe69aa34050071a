"""Runs apart_autograde.py in a pytest of its own.

A cluster whose workers are killed, started in this process, has closed the file in which pytest
captures output; then every later test of the process failed.
"""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.long
def test_autograde_on_a_cluster():
    file = Path(__file__).with_name("apart_autograde.py")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-q", "-p", "no:cacheprovider", str(file)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert run.returncode == 0, run.stdout[-5000:]
    assert "2 passed" in run.stdout or "skipped" in run.stdout
