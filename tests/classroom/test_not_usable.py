"""What was handed in and cannot be graded stands first, is counted, and is not 0 nor nothing."""

import csv
import json
import os
import shutil

import pytest


@pytest.mark.slow
def test_not_handed_in_not_usable_and_0_are_told_apart(toys):
    root = toys.checkout.root
    shutil.rmtree(root / "submitted")
    files = {
        "ada/toy (1).py": toys.SOLUTION.encode(), "ben/toy.py": b"%PDF-1.7", "dan/toy.py": b"a = 1",
        "eve/essay.docx": b"PK\3\4 word/document.xml", "fay/toy.py": toys.SOLUTION.encode(),
        "fay/toy_2.py": toys.SOLUTION.encode() + b"\nmore = 1\n",
    }  # fmt: skip
    (root / "submitted" / "cleo").mkdir(parents=True)
    for name, content in files.items():
        path = root / "submitted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    os.utime(root / "submitted" / "ada" / "toy (1).py", (1_700_000_000, 1_700_000_000))
    (root / "seed").write_text("12345")
    grade = ("grade", "submitted", "--seed-file", "seed", "--out", "out", "-j", "2")
    run = toys.checkout.bricks(*grade, COLUMNS="80")
    assert run.returncode == 1, run.stderr
    with (root / "out" / "grades.csv").open(newline="") as file:
        cells = {row["student"]: (row["toy"], row["total"]) for row in csv.DictReader(file)}
    assert cells == {
        "ada": ("2", "2"), "ben": ("not usable", "0"), "cleo": ("not handed in", "0"),
        "dan": ("0", "0"), "eve": ("not usable", "0"), "fay": ("not usable", "0"),
    }  # fmt: skip
    said = run.stdout
    counted = said.index("Handed in, and not usable: 3 bricks of 3 students.")
    assert said.index("fay: toy is there as toy.py and toy_2.py, which differ") < counted
    assert counted < said.index("ben: toy.py does not load: it is a PDF") < said.index("student  ")
    lines = map(json.loads, (root / "out" / "results.jsonl").read_text().splitlines())
    by_student = {line["student"]: line for line in lines}
    assert by_student["ada"]["file"] == "toy (1).py"
    assert by_student["ada"]["when"].startswith("2023-11-14T")
    assert by_student["ada"]["beside"] == "Graded: toy (1).py."
    assert by_student["eve"]["status"] == "not usable"
    again = toys.checkout.bricks(*grade, "--take", "fay/toy_2.py", COLUMNS="80")
    assert again.returncode == 1 and "(5 graded before)" in again.stdout
    with (root / "out" / "grades.csv").open(newline="") as file:
        cells = {row["student"]: row["toy"] for row in csv.DictReader(file)}
    assert cells["fay"] == "2"
