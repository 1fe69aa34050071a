"""The hostile corpus once more, as a user who owns nothing."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_the_corpus_gains_nothing_as_a_plain_user(plainly):
    base = Path("/tmp") / f"bricks-plain-{os.getpid()}"
    tricks = "kernel and (stealing or fork or threads or locked or deep or shed or change_a)"
    done = plainly(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={base}",
        f"--rootdir={ROOT}", str(Path(__file__).with_name("test_hostile.py")), "-k", tricks,
    )  # fmt: skip
    shutil.rmtree(base, ignore_errors=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
