"""A fault of the kit is seen: whole in a file, in a sentence on the terminal, never swallowed."""

import errno
import os

import pytest

from grader import cli
from grader.course import load_brick
from grader.sandbox.compiled_checks import brick_of, compiled_checks

pytestmark = pytest.mark.slow

BROKEN = 'brick = Brick("toy", order=1, title="Toy")\n\n\ndef half(:\n'
POSTPONED = """from __future__ import annotations

from dataclasses import dataclass

from grader import Brick

brick = Brick("toy", order=1, title="Toy")


@dataclass
class Case:
    x: int
"""
UNMEASURED = """
from grader import Brick

brick = Brick("neuron", order=1, title="Neuron")


@brick.check("sigmoid", points=1, called="sigmoid(z)", hint="Think.",
             inputs=lambda rng: {"z": rng.normal(size=3)},
             measure=lambda returned, inputs: {"w": inputs["w"]})
def values(neuron, z):
    return {"sigmoid(z)": neuron.sigmoid(z)}
"""


def log_of(checkout):
    return checkout.root.parent / "state" / "bricks" / "log" / "faults.log"


def only_neuron(checkout, checks):
    for kind in ("test", "show"):
        for path in (checkout.root / "exercises").glob(f"{kind}_*.py"):
            path.unlink()
    (checkout.root / "exercises" / "test_neuron.py").write_text(checks)


def test_a_check_that_cannot_measure_is_told_in_a_sentence_and_logged(checkout):
    only_neuron(checkout, UNMEASURED)
    checkout.solve("neuron")
    run = checkout.pytest()
    said = " ".join(run.stdout.split())
    assert "the kit failed here, not your code" in said and "('w')" in said
    assert str(log_of(checkout)) in run.stdout
    assert "Traceback" not in run.stdout
    whole = log_of(checkout).read_text()
    assert "Traceback" in whole and "('w')" in whole
    assert "Traceback" in checkout.pytest("--bricks-debug").stdout


def test_grading_logs_a_fault_beside_the_results_once(checkout):
    only_neuron(checkout, UNMEASURED)
    for student in ("ada", "ben"):
        folder = checkout.root / "submitted" / student
        folder.mkdir(parents=True)
        (folder / "neuron.py").write_text("def sigmoid(z): return z\n")
    command = ("grade", "submitted", "--out", "out", "--isolation", "basic")
    run = checkout.bricks(*command)
    assert run.returncode == 3
    assert "Fault of the kit, not graded: ada, neuron/values" in run.stdout
    assert "out/faults.log has the whole of it" in run.stdout
    assert (checkout.root / "out" / "faults.log").read_text().count("Traceback") == 1
    assert "Traceback" not in run.stderr
    assert "Traceback" in checkout.bricks(*command, "--debug").stderr


@pytest.mark.long
@pytest.mark.parametrize(
    "command",
    [
        ["build"],
        ["release", "kit"],
        ["grade", "submitted", "--out", "out"],
        ["collect", "submitted"],
        ["audit"],
        ["calibrate"],
    ],
)
def test_a_broken_file_of_checks_is_a_sentence_with_file_and_line(checkout, command):
    (checkout.root / "submitted" / "ada").mkdir(parents=True)
    (checkout.root / "exercises" / "test_layer.py").write_text(
        "from grader import Brick\n" + BROKEN
    )
    run = checkout.bricks(*command)
    assert run.returncode == 2
    said = run.stderr.strip()  # the progress bar of `calibrate` ends with an empty line
    assert said.startswith("bricks: exercises/test_layer.py, line 5: SyntaxError: ")
    assert "\n" not in said


def test_whatever_a_file_of_checks_raises_is_told_alike(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "solutions").mkdir()
    folder = tmp_path / "exercises"
    folder.mkdir()
    file = folder / "test_toy.py"
    file.write_text("import os\n\n1 / 0\n")
    assert cli.main(["build", "--course", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("bricks: exercises/test_toy.py, line 3: ZeroDivisionError: division by")


def test_pytest_tells_a_broken_file_of_checks_shortly(checkout):
    (checkout.root / "exercises" / "test_layer.py").write_text(
        "from grader import Brick\n" + BROKEN
    )
    run = checkout.pytest()
    assert run.returncode == 2
    assert "SyntaxError: invalid syntax" in run.stdout
    assert "exercises/test_layer.py, line 5" in run.stdout
    assert "grader/course.py" not in run.stdout
    assert len(run.stdout.splitlines()) < 60


def test_dataclasses_with_postponed_annotations_load(tmp_path):
    file = tmp_path / "test_toy.py"
    file.write_text(POSTPONED)
    assert load_brick(file).name == "toy"
    assert brick_of(compiled_checks(file), file).name == "toy"


def test_what_nobody_foresaw_is_a_fault_that_is_logged(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def fails(*_):
        raise KeyError("x")

    monkeypatch.setattr("grader.commands.authors.course_of", fails)
    assert cli.main(["build"]) == 3
    said = capsys.readouterr().err
    assert (
        said.startswith("bricks: the kit itself failed (KeyError: 'x').") and said.count("\n") == 1
    )
    assert "in fails" in (tmp_path / "bricks" / "log" / "faults.log").read_text()


@pytest.mark.parametrize("named, status", [("theirs", 2), ("elsewhere", 3)])
def test_an_error_of_the_system_is_a_fault_where_nobody_named_the_file(
    monkeypatch, capsys, tmp_path, course, named, status
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def fails(*_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path / named / "f"))

    monkeypatch.setattr("grader.commands.authors.course_of", fails)
    assert cli.main(["build", "--course", str(tmp_path / "theirs")]) == status
    assert (tmp_path / "state").exists() is (status == 3)


def test_the_version_is_printed(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("bricks 0.")
