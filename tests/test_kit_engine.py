"""The engine that students get: what the student's doors need, whole, and no more."""

import ast
import re
import sys
from pathlib import Path

import pytest

from grader.author.kit_project import KERAS, NEEDED, package, project_of_kit
from grader.author.release import copy_engine

ROOT = Path(__file__).parents[1]
MOST_LINES = 14_450  # of which 4,850 name causes, find repairs, rebuild Keras models and draw,
# 1,100 are `bricks watch` and hints, 600 are sentences that are put into another language, and 150
# say what is wrong with a file of checks
# What a student's commands and notebooks import by name, and what processes are started with.
DOORS = (
    "grader",
    "grader.selfcheck.plugin",
    "grader.selfcheck.cell",
    "grader.selfcheck.command",
    "grader.desk.cell",
    "grader.runner.child",
)
# What a student's notebook has besides: `pip install '.[notebook]'`.
NOTEBOOK = {"IPython": "notebook"}
# In functions that a course without solutions does not call: the importing module by the imported.
ONLY_WITH_SOLUTIONS = {
    "grader.first_line": "grader.student_code",
    "grader.live": "grader.examiner",
    "grader.proofread.course": "grader.selfcheck.items",
    "grader.runner.substituting": "grader.runner.answer",
    "grader.selfcheck.on_own": "grader.selfcheck.items",
}
CLASS_GRADING = ("classroom", "submissions", "sandbox", "author", "cluster")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """The shipped modules by name, each with its file."""
    root = tmp_path_factory.mktemp("kit")
    copy_engine(root / "grader")
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(root.rglob("*.py"))
    }


def imported_in(path):
    """All that a file imports, wherever in it; what `from` names may be a module or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports by dots"
            yield from ((node.module, alias.name) for alias in node.names)


def modules_imported_in(path):
    """Modules of the engine that a file imports, those that are not shipped too."""
    for module, name in imported_in(path):
        if module.split(".")[0] == "grader":
            within = f"{module}.{name}".replace(".", "/")
            here = [ROOT / f"{within}.py", ROOT / within / "__init__.py"]
            yield f"{module}.{name}" if name and any(p.is_file() for p in here) else module


def test_nothing_shipped_imports_what_is_not_shipped(engine):
    missing = {
        (module, name)
        for name, path in engine.items()
        for module in modules_imported_in(path)
        if module not in engine
    }
    assert missing == ONLY_WITH_SOLUTIONS.items()


def test_all_that_is_shipped_is_needed(engine):
    needed, queue = set(), list(DOORS)
    for checks in (ROOT / "exercises").glob("*_*.py"):
        queue += modules_imported_in(checks)
    while queue:
        name = queue.pop()
        if name not in needed:
            needed.add(name)
            queue += {*modules_imported_in(engine[name])} - ONLY_WITH_SOLUTIONS.keys()
            if "." in name:
                queue.append(name.rpartition(".")[0])
    assert set(engine) - needed == {"grader.data"}  # the folder of the digits


def test_nothing_of_class_grading_is_in_it(engine):
    assert {name.split(".")[1] for name in engine if "." in name}.isdisjoint(CLASS_GRADING)
    assert [name for name in engine if name.startswith("grader.desk")] == [
        "grader.desk", "grader.desk.cell",
    ]  # fmt: skip
    outside = {module.split(".")[0] for path in engine.values() for module, _ in imported_in(path)}
    assert outside.isdisjoint({"nbgrader", "nbconvert", "distributed", "filelock"})


def test_it_is_small(engine):
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in engine.values())
    assert lines <= MOST_LINES, f"{lines} lines are shipped: what does a student not need?"


def test_a_kit_asks_for_the_packages_that_it_imports_and_for_no_others(engine):
    imported = {module.split(".")[0] for path in engine.values() for module, _ in imported_in(path)}
    outside = imported - set(sys.stdlib_module_names) - {"grader", "__future__"}
    outside -= {"tomli"}  # before Python 3.11, which has its own; pytest needs it, too
    project = project_of_kit((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = re.findall(r"^(dependencies|keras|notebook) = \[(.*?)\]$", project, re.M | re.S)
    lists = {name: set(map(package, re.findall(r'"([^"]+)"', text))) for name, text in listed}
    assert lists["dependencies"] == set(NEEDED)
    # TensorFlow is Keras's backend, and checks import both.
    assert lists["dependencies"] == outside - {*NOTEBOOK, "keras", "tensorflow"}
    assert lists["keras"] == set(KERAS)
    assert lists["notebook"] >= {NOTEBOOK[name] for name in outside & set(NOTEBOOK)}
