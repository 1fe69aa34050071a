"""The hostile corpus once more, as a user who owns nothing."""

import os
import shutil
from pathlib import Path

import pytest

from grader.sandbox.levels import FULL, KERNEL

ROOT = Path(__file__).parents[3]
TEST = Path(__file__).with_name("test_hostile.py")
CORPUS = sorted((ROOT / "tests" / "hostile").glob("*/*.py"))


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize(("level", "first"), [(KERNEL, 0), (FULL, 1)], ids=[KERNEL, FULL])
def test_the_corpus_gains_nothing_as_a_plain_user(plainly, need, level, first):
    """Every trick at one of the levels: by name, every other one at `kernel`, the rest at `full`.

    All at both would take twice as long, and children are confined alike at both.
    """
    need(level, as_plain_user=True)
    name = "test_a_trick_gains_nothing_and_harms_nobody"
    tricks = [f"{path.parent.name}/{path.stem}" for path in CORPUS[first::2]]
    base = Path("/tmp") / f"bricks-plain-{level}-{os.getpid()}"
    done = plainly(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={base}", f"--rootdir={ROOT}",
        *(f"{TEST}::{name}[{level}-{trick}]" for trick in tricks),
    )  # fmt: skip
    shutil.rmtree(base, ignore_errors=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert f"{len(tricks)} passed" in done.stdout
