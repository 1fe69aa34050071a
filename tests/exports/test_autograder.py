"""The autograder's zip, run in a folder laid out as Gradescope documents /autograder."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from grader.author.build import stub
from grader.course import Course
from grader.exports.autograder import make_autograder
from tests.exports.test_gradescope_marks import read_by_gradescope

TOY = """def f(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


def g(x):
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION
"""
CHECKS = """
from grader import Brick

brick = Brick("toy", order=1, title="Toy")


def drawn(rng):
    return {"x": rng.normal(size=3)}


@brick.check("f", points=2, called="f(x)", hint="Think.", inputs=drawn)
def doubled(toy, x):
    return {"f(x)": toy.f(x)}


@brick.check("g", points=3, called="g(x)", hint="Think.", inputs=drawn)
def tripled(toy, x):
    return {"g(x)": toy.g(x)}
"""


@dataclass(frozen=True)
class Container:
    """A folder like /autograder, with an interpreter that finds the zip's own engine."""

    root: Path

    def run(self, *, users=("Ada",), **files):
        """What run_autograder wrote to results.json, and what it printed."""
        shutil.rmtree(self.root / "submission", ignore_errors=True)
        (self.root / "submission").mkdir()
        for name, text in files.items():
            path = self.root / "submission" / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        about = {"id": 1, "users": [{"id": 2, "name": one, "email": ""} for one in users]}
        (self.root / "submission_metadata.json").write_text(json.dumps(about))
        (self.root / "results" / "results.json").unlink(missing_ok=True)
        env = {**os.environ, "BRICKS_AUTOGRADER": str(self.root)}
        env.pop("PYTHONPATH", None)
        ended = subprocess.run(
            ["bash", self.root / "run_autograder"],
            cwd=self.root, env=env, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        return json.loads((self.root / "results" / "results.json").read_text()), ended.stdout


@pytest.fixture
def container(tmp_path):
    """container(course, bricks): what Gradescope makes of the zip, but for setup.sh."""

    def container(course, bricks):
        make_autograder(Console(quiet=True), course, tmp_path / "made.zip", bricks)
        root = tmp_path / "autograder"
        (root / "results").mkdir(parents=True)
        with zipfile.ZipFile(tmp_path / "made.zip") as packed:
            packed.extractall(root / "source")
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
        venv.create(root / "venv", symlinks=True)
        [site] = (root / "venv").glob("lib/python*/site-packages")
        others = [path for path in sys.path if path.endswith("site-packages")]
        (site / "found.pth").write_text("\n".join([str(root / "source"), *others, ""]))
        return Container(root)

    return container


@pytest.fixture
def toys(tmp_path):
    root = tmp_path / "course"
    for folder in ("exercises", "solutions"):
        (root / folder).mkdir(parents=True)
    (root / "exercises" / "test_toy.py").write_text(CHECKS)
    (root / "solutions" / "toy.py").write_text(TOY)
    (root / "pyproject.toml").write_text("[project]\nname = 'bricks'\n")
    (root / "course.seed").write_text("12345678901234567890\n")
    return Course(root)


def test_the_zip_has_what_gradescope_asks_for(toys, tmp_path):
    make_autograder(Console(quiet=True), toys, tmp_path / "made.zip", ["toy"])
    with zipfile.ZipFile(tmp_path / "made.zip") as packed:
        modes = {
            name: packed.getinfo(name).external_attr >> 16 & 0o777 for name in packed.namelist()
        }
        assert modes["setup.sh"] == modes["run_autograder"] == 0o755
        assert modes["solutions/toy.py"] == 0o644
        assert not [name for name in modes if "__pycache__" in name or name.endswith(".pyc")]
        for script in ("setup.sh", "run_autograder"):
            text = packed.read(script)
            assert text.startswith(b"#!/usr/bin/env bash\n")
            subprocess.run(["bash", "-n"], input=text, check=True)
    assert (tmp_path / "made.zip").stat().st_mode & 0o077 == 0  # the seed is in it


@pytest.mark.slow
def test_folders_that_look_like_submissions_are_of_one_student(toys, container):
    code = "def f(x):\n    return 2 * x\n"
    files = {"submission_5/toy": code, "submission_6/toy": code, "Lovelace_Ada_ada_7/toy": code}
    results, printed = container(toys, ["toy"]).run(**files)
    assert read_by_gradescope(results) == (2, 5)
    assert printed.startswith("Isolation: ")
    assert "is taken as toy" in results["output"]


@pytest.mark.slow
def test_a_submission_is_graded_part_by_part(toys, container):
    gradescope = container(toys, ["toy"])
    results, printed = gradescope.run(
        toy="def f(x):\n    return 2 * x\n\ndef g(x):\n    return x\n"
    )
    assert read_by_gradescope(results) == (2, 5)
    assert [(test["name"], test["score"]) for test in results["tests"]] == [
        ("toy / f", 2),
        ("toy / g", 0),
    ]
    assert "expected" in results["tests"][1]["output"]
    assert printed.startswith("Isolation: ")
    assert "12345678901234567890" not in json.dumps(results)


@pytest.mark.long
def test_what_is_missing_has_no_points_and_says_so(toys, container):
    gradescope = container(toys, ["toy"])
    for files in ({}, {"essay": "x = 1"}, {"toy": "def f("}):
        results, _ = gradescope.run(**files)
        assert read_by_gradescope(results) == (0, 5), files
    results, _ = gradescope.run(essay="x = 1")
    assert "essay.py" in results["output"]
    results, _ = gradescope.run(toy=stub(TOY))
    assert read_by_gradescope(results) == (0, 5)


@pytest.mark.slow
def test_without_isolation_instructors_read_what_that_means(toys, container, monkeypatch):
    gradescope = container(toys, ["toy"])
    levels = gradescope.root / "source" / "grader" / "sandbox" / "levels.py"
    text = levels.read_text()
    no_linux = text.replace('if sys.platform != "linux":', "if True:")
    assert no_linux != text
    levels.write_text(no_linux)
    results, printed = gradescope.run(toy=TOY)
    assert read_by_gradescope(results) == (5, 5)
    assert printed.startswith("Isolation: basic.")
    assert "could read them and write its own marks" in printed


@pytest.mark.slow
def test_a_failure_of_the_grader_still_gives_results(toys, container):
    gradescope = container(toys, ["toy"])
    (gradescope.root / "source" / "course.seed").unlink()
    results, printed = gradescope.run(toy=TOY)
    assert results["score"] == 0
    assert "no fault of yours" in results["output"]
    assert "course.seed" in printed and "course.seed" not in results["output"]


@pytest.mark.long
def test_the_neuron_is_graded_with_its_bars(checkout, container):
    gradescope = container(Course(checkout.root), ["neuron"])
    results, printed = gradescope.run(
        neuron=(checkout.root / "solutions" / "neuron.py").read_text(), users=("Ada", "Ben")
    )
    assert read_by_gradescope(results) == (20, 20)
    assert [entry["name"] for entry in results["leaderboard"]] == [
        "neuron: zeros and ones",
        "neuron: threes and fives",
    ]
    assert all(entry["value"] > 0.9 for entry in results["leaderboard"])
    assert printed.startswith("Isolation: ")
