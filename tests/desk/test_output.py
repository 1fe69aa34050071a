"""`bricks collect` and `bricks autograde` do not die of a name that the terminal cannot show."""

import os
import subprocess
import sys

import pytest

NAME = "이순신"


@pytest.mark.long
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_name_in_hangul_is_collected_graded_and_shown(desk, encoding):
    for name, code in ((NAME, desk.TOY), (f"{NAME}2", "def double(:")):
        folder = desk.root / "modules" / name
        folder.mkdir(parents=True)
        (folder / "toy.py").write_text(code)
    (desk.root / "modules" / f"{NAME}2" / "late.ipynb").write_text("no notebook")
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    said = ""
    for command in (["collect", "modules"], ["autograde", "toy", "--isolation", "basic"]):
        run = subprocess.run(
            [sys.executable, "-m", "grader", *command],
            cwd=desk.root,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 1, run.stderr
        assert "Traceback" not in run.stdout + run.stderr
        said += run.stdout
    assert NAME.encode("unicode_escape").decode() in said
    assert sum(desk.points(NAME).values()) == 5
