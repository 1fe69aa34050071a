"""What decides a grade is in its key, and nothing else is."""

import shutil
import subprocess
import sys

import pytest

from grader.classroom import deciding
from grader.classroom.cache import in_common, key
from grader.classroom.deciding import engine_in, modules, packages, packages_of
from grader.content import ENGINE
from grader.policy import Predecessors
from grader.report.report import Provenance
from grader.source import Source

PROVENANCE = Provenance("id", "basic", Predecessors.REFERENCE, False, "digits", {"numpy": "2"})

LOADED = """
import sys
import grader.classroom.grading, grader.classroom.isolation
import grader.runner.child, grader.sandbox.zygote, grader.mnist
from grader.classroom.isolation import own_process
print(*(name for name in sys.modules if name.split(".")[0] == "grader"))
"""


@pytest.fixture
def package(tmp_path):
    """A copy of the engine's code."""
    ignore = shutil.ignore_patterns("__pycache__", "data")
    return shutil.copytree(ENGINE, tmp_path / "grader", ignore=ignore)


def changed(package, file, old, new):
    path = package / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    before = engine_in(package)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return engine_in(package) != before


@pytest.mark.slow
def test_comments_docstrings_and_rooms_that_grade_nobody_change_no_key(package):
    assert not changed(package, "judge.py", "import numpy as np", "# new\nimport numpy as np")
    assert not changed(package, "judge.py", "trusted code on plain arrays.", "Trusted.")
    assert not changed(package, "author/bars_picture.py", "COLUMNS = 2", "COLUMNS = 3")
    assert not changed(package, "desk/collect.py", "9999", "8888")
    assert not changed(package, "commands/authors.py", "20_261_122", "20_261_123")


@pytest.mark.parametrize(
    "file, old, new",
    [
        ("judge.py", '"integers"', '"whole numbers"'),
        ("check.py", "relative=1e-4", "relative=1e-3"),
        ("runner/child.py", "random.seed(0)", "random.seed(1)"),
        ("sandbox/limits.py", "GIB", "GIBI"),
        ("report/rows.py", "our fault", "a fault of ours"),
        ("live.py", "check.limit * 10", "check.limit * 11"),
    ],
)
def test_code_that_decides_a_grade_changes_the_key(package, file, old, new):
    assert changed(package, file, old, new)


def test_every_module_that_grading_loads_is_in_the_key():
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert len(loaded) > 30
    assert loaded - modules(ENGINE).keys() == set()


def test_a_comment_in_checks_or_solutions_changes_no_key(checkout):
    from grader.course import Course

    before = in_common(Course(checkout.root), 1, PROVENANCE)
    for path in (
        "exercises/test_layer.py",
        "solutions/layer.py",
        "solutions/misconceptions/mlp.py",
    ):
        file = checkout.root / path
        file.write_text("# a word\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert in_common(Course(checkout.root), 1, PROVENANCE) == before
    checkout.solve("layer")
    checks = checkout.root / "exercises" / "test_layer.py"
    text = checks.read_text(encoding="utf-8").replace("worth=20", "worth=21")
    checks.write_text(text.replace("points=1", "points=2", 1), encoding="utf-8")
    assert in_common(Course(checkout.root), 1, PROVENANCE) != before


def test_only_packages_that_compute_or_are_imported_count(course, monkeypatch):
    installed = {"numpy": "1.0", "scipy": "1.0", "unrelated": "1.0"}
    monkeypatch.setattr(deciding, "_version", lambda name: installed.get(name, ""))
    monkeypatch.setattr(deciding, "_owners", lambda: {name: [name] for name in installed})

    def keys():
        codes = (b"import numpy\n", b"from scipy import ndimage\n", b"x = 1  # scipy\n")
        own = [{"mlp": Source("mlp", "mlp.py", code)} for code in codes]
        return [key(in_common(course, 1, PROVENANCE), each, ["mlp"]) for each in own]

    before = keys()
    installed["unrelated"] = "2.0"
    assert keys() == before
    installed["scipy"] = "2.0"
    after = keys()
    assert [a == b for a, b in zip(after, before, strict=True)] == [True, False, True]
    installed["numpy"] = "2.0"
    assert not set(keys()) & set(after)
    assert "numpy 2.0" in packages()


@pytest.mark.parametrize(
    "code",
    [b"import os, numpy", b"if 1: from numpy.linalg import norm", b"__import__('numpy')",
     b"import \\\n    numpy", b"def f():\n    import numpy as np\n", b"def f(:\n  import numpy"],
)  # fmt: skip
def test_imports_are_found_wherever_they_stand(code):
    assert [found.split()[0] for found in packages_of(code)] == ["numpy"]
