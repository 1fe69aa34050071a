"""What was handed in and is not graded is told before all else, and nothing is told nowhere."""

import shutil

import pytest


@pytest.fixture
def small(toys):
    """A class of which three files have a place and a name that count."""
    shutil.rmtree(toys.checkout.root / "submitted")
    for student in ("ada", "ben", "cleo"):
        toys.hand_in(student, toys.SOLUTION)
    return toys


@pytest.mark.long
def test_what_is_not_graded_comes_first_and_all_is_in_a_file(small):
    submitted = small.checkout.root / "submitted"
    for n in range(20):
        small.hand_in(f"other-{n:02d}", small.SOLUTION)
        (submitted / f"other-{n:02d}" / "notes.txt").write_text("mine")
    for name in "abcdef":
        (submitted / "ada" / f"{name}.csv").write_text("")
    (submitted / "zoe").mkdir()
    for name, way in (("toy (1).py", "2 * x"), ("toy (2).py", "x + x")):  # which one is it?
        (submitted / "zoe" / name).write_text(f"def double(x):\n    return {way}\n")
    run = small.grade("out")
    assert run.returncode == 1
    told = [line for line in run.stdout.splitlines() if line.startswith("Note: ")]
    differ = "zoe: toy is there as toy (1).py and toy (2).py, which differ: none is graded."
    assert told[0].startswith(f"Note: {differ} Decide with --take ")
    assert told[1] == "Note: ada: ignored a.csv, b.csv, c.csv (and 3 more)."
    said = " ".join(run.stdout.split())
    assert "and 10 more: out/remarks.txt has them all" in said
    assert "Handed in and not graded: 1 file. out/remarks.txt says why." in said
    assert "remarks.txt (what was left out, and why)" in said
    lines = (small.checkout.root / "out" / "remarks.txt").read_text().splitlines()
    assert len(lines) == 22
    assert lines[0].startswith(differ)
    assert lines[1] == "ada: ignored a.csv, b.csv, c.csv, d.csv, e.csv, f.csv."

    shutil.rmtree(submitted / "zoe")
    assert small.grade("out").returncode == 0
    for path in submitted.glob("*/*.[ct]*"):
        path.unlink()
    assert "remarks" not in small.grade("out").stdout
    assert not (small.checkout.root / "out" / "remarks.txt").exists()


@pytest.mark.long
def test_collect_tells_what_is_lost_before_what_is_harmless(checkout):
    submitted = checkout.root / "handed in"
    for n in range(20):
        (submitted / f"other-{n:02d}").mkdir(parents=True)
        (submitted / f"other-{n:02d}" / "notes.txt").write_text("mine")
        (submitted / f"other-{n:02d}" / "neuron.py").write_text("def sigmoid(z):\n    return z\n")
    for n in range(15):
        (submitted / f"zoe-{n:02d}").mkdir()
        for number in "12":
            copy = submitted / f"zoe-{n:02d}" / f"neuron ({number}).py"
            copy.write_text(f"def sigmoid(z):\n    return {number}\n")
    run = checkout.bricks("collect", "handed in")
    told = [line for line in run.stdout.splitlines() if line.startswith("Note: ")]
    assert run.returncode == 1
    assert all("which differ" in line for line in told[:15])
    assert len(told) == 15 + 12 and "ignored notes.txt" in told[15]
    assert "and 8 more of the kind" in run.stdout
