"""A course of two toy bricks on nbgrader's desk, and nbgrader's own commands on it."""

import json
import os
import shutil
import sqlite3
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import ClassVar

import nbformat
import pytest
from filelock import FileLock
from nbgrader.apps import (
    AutogradeApp,
    ExportApp,
    GenerateAssignmentApp,
    GenerateFeedbackApp,
    ValidateApp,
)
from nbgrader.utils import chdir
from nbgrader.validator import Validator

from grader.author.build import build
from grader.cli import main
from grader.course import Course

ROOT = Path(__file__).parents[2]
# nbgrader starts `alembic` by name, which an environment that is not activated does not find.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
APPS = {
    "autograde": AutogradeApp,
    "export": ExportApp,
    "generate_assignment": GenerateAssignmentApp,
    "generate_feedback": GenerateFeedbackApp,
    "validate": ValidateApp,
}
TOY = '''\
# %% [markdown]
# # A toy: $2x$

# %%
import numpy as np


# %%
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% tags=["solution"]
def _helper():
    return 3


# %% [markdown]
# ## A class


# %%
class Tripler:
    def apply(self, x):
        """Three times x."""
        ### BEGIN SOLUTION
        return _helper() * x
        ### END SOLUTION
'''
LATE = """\
# %%
from toy import double


# %%
def quadruple(x):
    ### BEGIN SOLUTION
    return double(double(x))
    ### END SOLUTION
"""
CHECKS = """
import numpy as np
from grader import Brick

brick = Brick("toy", order=1, title="Toy")


def drawn(rng):
    return {"x": rng.normal(size=3)}


@brick.check("double", points=1, called="double(x)", hint="Twice?", inputs=drawn)
def values(toy, x):
    return {"double(x)": toy.double(x)}


@brick.check("double", points=1, called="double(x)", hint="Its shape?", inputs=drawn)
def shape(toy, x):
    return {"shape": np.shape(toy.double(x))}


@brick.check("Tripler.apply", points=3, called="tripler.apply(x)", hint="Thrice?", inputs=drawn)
def tripled(toy, x):
    return {"apply(x)": toy.Tripler().apply(x)}
"""
LATE_CHECKS = """
from grader import Brick

brick = Brick("late", order=2, title="Late", builds_on=("toy",))


@brick.check("quadruple", points=2, called="quadruple(x)", hint="?", inputs=lambda rng: {"x": 1.5})
def fourfold(late, x):
    return {"quadruple(x)": late.quadruple(x)}
"""
WITH_KERNELS = {
    "test_browser",
    "test_cell",
    "test_cheats",
    "test_other_assignments",
    "test_scratch",
    "test_source",
}
RIGHT = {
    "double-solution": "def double(x):\n    return 2 * x",
    "Tripler-solution": "class Tripler:\n    def apply(self, x):\n        return 3 * x",
}


@dataclass(frozen=True)
class Desk:
    """A course's folder, as an instructor who knows nbgrader has it."""

    root: Path
    RIGHT: ClassVar[dict[str, str]] = RIGHT
    TOY: ClassVar[str] = "\n\n\n".join(RIGHT.values()) + "\n"  # the same as a module

    def nbgrader(self, command, *arguments):
        """Runs nbgrader's command in the folder; returns its exit status."""
        with chdir(str(self.root)):
            app = APPS[command]()
            app.initialize([*arguments, "--Application.log_level=ERROR"])
            try:
                app.start()
            except SystemExit as end:
                return end.code
        return 0

    def bricks(self, *arguments):
        return main([*map(str, arguments), "--course", str(self.root)])

    def released(self, brick="toy", assignment=None):
        path = self.root / "release" / (assignment or brick) / f"{brick}.ipynb"
        return nbformat.read(path, as_version=4)

    def hand_in(
        self, student, cells=None, brick="toy", assignment=None, change=None, when=None, of=None
    ):
        """The released notebook with the cells' texts by grade id, and changed by a function.

        of: the assignment that it was released with, where it is handed in under another.
        """
        notebook = self.released(brick, of or assignment)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if grade_id in (cells or {}):
                cell.source = cells[grade_id]
        if change:
            change(notebook)
        folder = self.root / "submitted" / student / (assignment or brick)
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / f"{brick}.ipynb")
        if when:
            (folder / "timestamp.txt").write_text(when)
        return folder / f"{brick}.ipynb"

    def set(self, line):
        with (self.root / "nbgrader_config.py").open("a") as config:
            config.write(f"{line}\n")

    def draw_tripled(self):
        """Has the check of Tripler.apply drawn if it fails: its values as an image of one row."""
        file = self.root / "exercises" / "test_toy.py"
        text = file.read_text().replace("import Brick", "import Brick, wrong_way_round")
        drawn = (
            "illustrate=lambda returned, expected, inputs: wrong_way_round("
            '[inputs["x"]], [returned["apply(x)"]], [expected["apply(x)"]]),'
        )
        file.write_text(text.replace('hint="Thrice?",', f'hint="Thrice?", {drawn}'))

    def add_essay(self):
        """A notebook that is no brick, with a cell for a person to mark, in toy's assignment."""
        cell = nbformat.v4.new_code_cell("# Your words", id="essay")
        cell.metadata["nbgrader"] = {
            "grade": True, "grade_id": "essay", "locked": False, "points": 5, "schema_version": 3,
            "solution": True, "task": False,
        }  # fmt: skip
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        essay = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
        nbformat.write(essay, self.root / "source" / "toy" / "essay.ipynb")
        assert self.nbgrader("generate_assignment", "toy", "--force") == 0

    def graded(self, student, brick="toy", assignment=None):
        path = self.root / "autograded" / student / (assignment or brick) / f"{brick}.ipynb"
        return nbformat.read(path, as_version=4)

    def outputs(self, student, grade_id):
        [cell] = [
            cell
            for cell in self.graded(student).cells
            if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
        ]
        return cell.outputs

    def feedback(self, student, brick="toy"):
        path = self.root / "feedback" / student / brick / f"{brick}.html"
        return path.read_text(encoding="utf-8")

    def sql(self, query):
        with sqlite3.connect(self.root / "gradebook.db") as database:
            rows = database.execute(query).fetchall()
            database.commit()
        database.close()
        return rows

    def grades(self):
        """By student and grade id: automatic points, points by hand, whether one must look."""
        rows = self.sql(
            "select sa.student_id, bc.name, g.auto_score, g.manual_score, g.needs_manual_grade"
            " from grade g join base_cell bc on g.cell_id = bc.id"
            " join submitted_notebook sn on g.notebook_id = sn.id"
            " join submitted_assignment sa on sn.assignment_id = sa.id"
        )
        return {(student, cell): tuple(rest) for student, cell, *rest in rows}

    def points(self, student):
        return {c: row[0] for (who, c), row in self.grades().items() if who == student}


def make_course(root):
    (root / "source").mkdir(parents=True)
    for folder, file, text in (
        ("exercises", "test_toy.py", CHECKS),
        ("exercises", "test_late.py", LATE_CHECKS),
        ("exercises", "bars.json", json.dumps({})),
        ("solutions", "toy.py", TOY),
        ("solutions", "late.py", LATE),
    ):
        (root / folder).mkdir(exist_ok=True)
        (root / folder / file).write_text(text)
    build(Course(root))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    with (root / "nbgrader_config.py").open("a") as config:  # so that tests run on any machine
        config.write('\nc.Judge.isolation = "basic"\n')


@pytest.fixture(autouse=True)
def one_kernel_at_a_time(request, tmp_path_factory):
    """Jupyter looks for free ports and binds them later: two processes may find the same."""
    if request.path.stem in WITH_KERNELS:
        with FileLock(tmp_path_factory.getbasetemp().parent / "kernels.lock"):
            yield
    else:
        yield


@pytest.fixture(scope="session")
def made(once_a_run):
    """The course with its assignments generated, to be copied."""

    def make(root):
        make_course(root)
        for brick in ("toy", "late"):
            assert Desk(root).nbgrader("generate_assignment", brick) == 0

    return once_a_run("desk", make)


@pytest.fixture
def desk(made, tmp_path, monkeypatch):
    """The course in a folder of its own, with a grade cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "course"
    shutil.copytree(made, root)
    return Desk(root)


@pytest.fixture
def whole(tmp_path):
    """The desk of this checkout's own course, nothing generated yet."""
    for folder in ("exercises", "solutions", "source"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def validated():
    """What `nbgrader validate` says of a notebook."""

    def validated(desk, path):
        said = StringIO()
        with redirect_stdout(said), redirect_stderr(StringIO()):
            Validator.stream = said
            assert desk.nbgrader("validate", str(path)) == 0
        return said.getvalue()

    return validated
