"""What the kit takes from nbgrader is there, and nothing of a library is replaced."""

import ast
from functools import reduce
from importlib import import_module
from pathlib import Path

import nbgrader
import pytest
from packaging.requirements import Requirement

from grader.desk.nbgrader_names import NAMES, TESTED_WITH

ROOT = Path(__file__).parents[2]
FILE = "grader/desk/nbgrader_names.py"
OURS = ("self", "cls", "super")
# These change syntax trees and modules of students, none of a library.
OF_STUDENTS = ("grader/repair/", "grader/runner/substituting.py")
VARIABLES = {  # of the standard library: they are there to be set
    "builtins.display",  # Jupyter sets these; so does the process that runs its cells
    "builtins.get_ipython",
    "builtins.input",
    "tempfile.tempdir",
    "warnings.showwarning",
}


def lacking(name):
    """A sentence where the installed nbgrader has no such name; else nothing."""
    module, _, path = name.partition(":")
    try:
        reduce(getattr, path.split("."), import_module(module))
    except (ImportError, AttributeError):
        return (
            f"nbgrader {nbgrader.__version__} has no {name.replace(':', '.')}, on which "
            f"grader/desk relies: see {FILE}, tested with {' and '.join(TESTED_WITH)}."
        )
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_nbgrader_has_the_name(name):
    said = lacking(name)
    if said:
        pytest.fail(said, pytrace=False)


@pytest.mark.parametrize("name", ["nbgrader.utils:gone", "nbgrader.gone:chdir"])
def test_a_name_that_is_gone_is_told_in_a_sentence(name):
    assert lacking(name) == (
        f"nbgrader {nbgrader.__version__} has no {name.replace(':', '.')}, on which grader/desk "
        f"relies: see {FILE}, tested with 0.9.5 and 0.9.6."
    )


def test_the_package_asks_for_the_versions_that_were_tested():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [line] = [line for line in text.splitlines() if line.startswith("instructor = ")]
    asked = [Requirement(each) for each in ast.literal_eval(line.partition("=")[2].strip())]
    [bounds] = [each.specifier for each in asked if each.name == "nbgrader"]
    assert all(version in bounds for version in TESTED_WITH)
    assert "0.9.4" not in bounds and "0.10" not in bounds


def sources(folder):
    for path in sorted((ROOT / "grader" / folder).rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def used_of_nbgrader(tree):
    return {
        f"{node.module}:{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nbgrader.")
        for alias in node.names
    }


def test_what_is_imported_is_listed_or_in_the_manual():
    in_the_manual = tuple(f"nbgrader.{it}:" for it in ("api", "apps", "plugins", "preprocessors"))
    listed = {*NAMES, "nbgrader.converters:Autograde"}  # its attributes are listed
    used = {name for _, tree in sources("desk") for name in used_of_nbgrader(tree)}
    assert "nbgrader.utils:rmtree" in used
    assert not {name for name in used - listed if not name.startswith(in_the_manual)}


def private(tree):
    """Names with one underscore before them that are taken from what is not our own class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            owner = node.value.func if isinstance(node.value, ast.Call) else node.value
            own = isinstance(owner, ast.Name) and owner.id in OURS
            if not own and not node.attr.startswith("__"):
                yield ast.unparse(node)


def test_no_private_name_of_nbgrader_is_used():
    found = [f"{path}: {name}" for path, tree in sources("desk") for name in private(tree)]
    assert not found
    assert list(private(ast.parse("converter._format_dest(1)"))) == ["converter._format_dest"]
    assert not list(private(ast.parse("self._own(); super()._own()")))


def replaced(tree):
    """Attributes of imported modules and classes that are assigned, and what patches them."""
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {(each.asname or each.name).partition(".")[0] for each in node.names}
            yield from (each.name for each in node.names if each.name.startswith("unittest"))
        elif isinstance(node, ast.ImportFrom):
            imported |= {each.asname or each.name for each in node.names}
            yield from [node.module] if (node.module or "").startswith("unittest") else []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            root = ast.unparse(node).partition(".")[0].partition("(")[0]
            if root in imported:
                yield ast.unparse(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("setattr", "delattr"):
            yield ast.unparse(node)


def test_nothing_of_a_library_is_replaced_at_run_time():
    found = {
        f"{path}: {name}"
        for path, tree in sources(".")
        if not path.as_posix().startswith(OF_STUDENTS)
        for name in replaced(tree)
    }
    assert not {each for each in found if each.partition(": ")[2] not in VARIABLES}


@pytest.mark.parametrize(
    "code",
    [
        "from nbgrader.api import Gradebook\nGradebook.close = print",
        "from unittest.mock import patch",
        "import unittest.mock",
        "import nbgrader.api\nnbgrader.api.Gradebook.__init__ = print",
        "setattr(Gradebook, 'close', print)",
    ],
)
def test_a_replacement_would_be_seen(code):
    assert list(replaced(ast.parse(code)))
