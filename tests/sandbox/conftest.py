"""A toy brick in each isolation, and what tests of the isolation ask of the machine."""

import ctypes
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from grader.course import load_brick
from grader.probe import Job, Returned
from grader.runner.clock import WallLimit
from grader.sandbox import levels, readable_files
from grader.sandbox.levels import FULL, KERNEL
from grader.source import Source

ROOT = Path(__file__).parents[2]
# Another for each process of tests: the limit on threads counts all of a user's, wherever they run.
NOBODY = 20_000 + os.getpid() % 40_000
PLAIN_USER = {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"}
STARTS_BUBBLEWRAP = (
    "bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true",
)  # fmt: skip
WALL_LIMIT = WallLimit(2.0, 5.0)
CHECKS = """
from grader import Brick, mnist

brick = Brick("toy", order=1, title="Toy")


@brick.check("f", points=1, called="f(x)", hint="Think.")
def values(toy, x):
    return {"f(x)": toy.f(x)}


@brick.check("g", points=1, called="g(x)", hint="Think.", keras=True)
def keras_values(toy, x):
    return {"g(x)": toy.g(x)}
"""
NOT_PUT_ON = {
    "Landlock": "from grader.sandbox import landlock as l; l.Rules.put_on = lambda s: 0",
    "seccomp": "from grader.sandbox import seccomp as s; s.put_on = lambda c: 0",
    "limits": "from grader.sandbox import limits as m; m.put_on = lambda l: None",
}


class Toy:
    """A place and checks to run on sources of a line or two."""

    RIGHT: ClassVar[str] = "def f(x): return x + 1"

    def __init__(self, place, folder):
        self.place = place
        self.checks_file = folder / "test_toy.py"
        self.checks_file.write_text(CHECKS)
        self.checks = load_brick(self.checks_file).checks

    def at(self, place):
        """The same checks at another place."""
        return Toy(place, self.checks_file.parent)

    def run(self, code, x=1.0, limit=10.0, check="values"):
        sources = [Source("toy", "toy.py", code.encode())]
        inputs = {"x": np.asarray(x)}
        return self.place.run(
            Job(self.checks[check], self.checks_file, tuple(sources), inputs, limit)
        )

    def value(self, *lines, x=1.0):
        code = "import ctypes, os, resource, sys, threading, time\ndef f(x):\n"
        came = self.run(code + "".join(f"    {line}\n" for line in lines), x).answer
        assert isinstance(came, Returned), came
        return came.values["f(x)"].tolist()

    def load(self, code, limit=10.0):
        source = Source("toy", "toy.py", code.encode())
        return self.place.run(Job(None, self.checks_file, (source,), limit=limit)).answer

    def zygote(self, keras=False):
        return self.place._zygotes[keras]


@pytest.fixture(scope="module", params=[KERNEL, pytest.param(FULL, marks=pytest.mark.slow)])
def toy(request, tmp_path_factory, need):
    need(request.param)
    place = levels.unmeasured(request.param)
    place._wall_limit = WALL_LIMIT
    yield Toy(place, tmp_path_factory.mktemp("toy"))
    place.close()


@pytest.fixture(scope="session")
def need():
    """Skips where this machine lacks what a level is made of: one that is broken has to fail."""

    def need(level, as_plain_user=False):
        missing = lacking(level, PLAIN_USER if as_plain_user else {})
        if missing:
            pytest.skip(f"no isolation `{level}` here: {missing}")

    return need


def lacking(level, user):
    """Asked of the machine itself, never of the code under test."""
    if sys.platform != "linux":
        return "it is Linux's"
    landlock = ctypes.CDLL(None).syscall(444, None, 0, 1)
    if landlock < (1 if level == FULL else 3):  # older ones let files be cut short
        return f"Landlock's version is {landlock}"
    try:
        ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return "libseccomp is not installed"
    if level == FULL:
        if not shutil.which("bwrap"):
            return "bubblewrap is not installed"
        started = subprocess.run(STARTS_BUBBLEWRAP, capture_output=True, text=True, **user)
        if started.returncode:
            return f"bubblewrap cannot start: {started.stderr.strip()}"
    return None


@pytest.fixture(scope="session")
def without():
    """Wraps a zygote whose children never put on these layers."""
    start = f"import sys; sys.path[:] = {[entry for entry in sys.path if entry]!r}"

    def without(*layers):
        lines = [start, *(NOT_PUT_ON[layer] for layer in layers)]
        return lambda command, folder: [*command[:-1], "; ".join([*lines, command[-1]])]

    return without


@pytest.fixture(scope="session")
def wait_until():
    def wait_until(true):
        for _ in range(200):
            if true():
                return True
            time.sleep(0.05)
        return False

    return wait_until


@pytest.fixture(scope="session")
def processes_of():
    """Those whose environment names the folder."""

    def processes_of(folder):
        mark, found = f"HOME={folder}\0".encode(), []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if mark in (entry / "environ").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found

    return processes_of


@pytest.fixture(scope="session")
def plainly():
    """Runs Python with the kit's packages as a user who owns nothing."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    version = f"python3.{sys.version_info.minor}"
    for program in (sys.executable, shutil.which(version, path="/usr/bin:/usr/local/bin")):
        for path in ("", os.pathsep.join([*map(str, readable_files.package_folders()), str(ROOT)])):
            environment = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/"}
            environment |= {"PYTHONPATH": path} if path else {}
            command = [program, "-c", "import grader.sandbox.levels, pytest"]
            if program and as_nobody(command, environment).returncode == 0:
                return lambda *arguments: as_nobody([program, *arguments], environment)
    pytest.skip("no Python here that another user can run, with the kit's packages")


def as_nobody(command, environment):
    try:
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, **PLAIN_USER
        )
    except PermissionError:
        return subprocess.CompletedProcess(command, 1)
