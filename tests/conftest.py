"""A checkout to try things in, and the student's and instructor's commands as they are typed."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from grader.course import Course
from grader.probe import Loaded, Run

ROOT = Path(__file__).parents[1]
os.environ["BRICKS_LANGUAGE"] = "en"  # whatever the developer's machine speaks


def pytest_configure(config):
    """Says why a test was skipped. Not in pyproject.toml, which students get in their kit."""
    config.option.reportchars += "s"
    config.addinivalue_line(
        "markers", "long: takes ten seconds or more; `make test` leaves it to `make long`"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """`make quick` imports no TensorFlow: whatever needs it is slow. What is long is slow, too."""
    for item in items:
        if "tf" in item.fixturenames or item.get_closest_marker("long"):
            item.add_marker(pytest.mark.slow)


@dataclass(frozen=True)
class Answers:
    """A runner that answers every job alike, or raises. `loads`: loading alone goes well."""

    came: object
    loads: bool = True

    def run(self, job):
        if isinstance(self.came, Exception) and not (job.check is None and self.loads):
            raise self.came
        return Run(Loaded() if job.check is None and self.loads else self.came)


@pytest.fixture(scope="session")
def answers():
    """answers(came, loads=True): such a runner."""
    return Answers


@pytest.fixture(scope="session")
def course():
    """The course of this checkout."""
    return Course(ROOT)


@dataclass(frozen=True)
class Checkout:
    """A copy of the course's content, with whatever a student wrote in exercises/."""

    root: Path

    def write(self, brick, source):
        (self.root / "exercises" / f"{brick}.py").write_text(source, encoding="utf-8")

    def solve(self, *bricks):
        for brick in bricks:
            shutil.copy(self.root / "solutions" / f"{brick}.py", self.root / "exercises")

    def replace(self, brick, old, new):
        """Puts one mistake into a solved brick."""
        path = self.root / "exercises" / f"{brick}.py"
        source = path.read_text(encoding="utf-8")
        assert old in source
        path.write_text(source.replace(old, new), encoding="utf-8")

    def pytest(self, *arguments, stdin="", **environment):
        return self._run(
            [sys.executable, "-m", "pytest", "exercises", "-p", "no:cacheprovider", *arguments],
            stdin,
            environment,
        )

    def bricks(self, *arguments, **environment):
        if arguments[0] == "grade" and sys.platform != "linux" and "--isolation" not in arguments:
            arguments += ("--isolation", "basic")  # elsewhere there is no other
        return self._run([sys.executable, "-m", "grader", *map(str, arguments)], "", environment)

    def _run(self, command, stdin, environment):
        # pytest writes longer lines where it finds itself in CI.
        student = {k: v for k, v in os.environ.items() if k not in ("CI", "BUILD_NUMBER")}
        return subprocess.run(
            command,
            cwd=self.root,
            env={
                **student,
                "COLUMNS": "80",
                "XDG_CACHE_HOME": str(self.root.parent / "cache"),
                "XDG_STATE_HOME": str(self.root.parent / "state"),
                **environment,
            },
            input=stdin,
            capture_output=True,
            text=True,
            timeout=900,
        )


@pytest.fixture(scope="session")
def once_a_run(tmp_path_factory, worker_id):
    """once_a_run(name, make): the path that make(path) makes, once for all of xdist's workers."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent

    def once_a_run(name, make):
        path = shared / name
        with FileLock(shared / f"{name}.lock"):
            if not path.exists():
                beside = shared / f"{name}-unfinished"
                shutil.rmtree(beside, ignore_errors=True)
                make(beside)
                beside.rename(path)
        return path

    return once_a_run


@pytest.fixture(scope="session")
def released(once_a_run):
    """The kit of this checkout, made by the command. Nobody writes into it."""

    def make(path):
        run = subprocess.run(
            [sys.executable, "-m", "grader", "release", str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr

    return once_a_run("kit", make)


@pytest.fixture
def checkout(tmp_path):
    """The course's content in an empty folder: checks, stubs, bars and solutions."""
    root = tmp_path / "course"
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("exercises", "solutions"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", root)
    return Checkout(root)
