"""`bricks demo`: the main job on embedded data."""

import re
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.long
def test_the_demo_grades_a_class_and_says_what_is_wrong_for_whom(checkout):
    run = checkout.bricks("demo")
    assert run.returncode == 0, run.stderr
    table = {
        line.split()[0]: line.split()[1:]
        for line in run.stdout.splitlines()
        if re.match(r"^[a-z-]+ .*\d+$", line)
    }
    assert len(table) >= 12
    assert table["ada-all-right"] == ["20"] * 5 + ["100"]
    assert table["ben-blank"] == ["0"] * 6
    assert table["kim-syntax-error"][:2] == ["not", "usable"]
    said = " ".join(run.stdout.split())
    assert "Pictures of what the solutions do: Ten templates; The hierarchy of features" in said
    [page] = re.findall(r"\S+/pictures\.html", run.stdout)
    assert Path(page).read_text(encoding="utf-8").count("<img ") == 2
    assert "does not load" in said
    assert "outside any function, did not end in time and was stopped" in said
