"""A world that hostile submissions could gain something in, or harm."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from grader.course import Course
from grader.examination import Examination
from grader.implementation import Source
from grader.messages.record import record
from grader.oracle import Live
from grader.sandbox import levels
from grader.sandbox.here import Here
from grader.sandbox.isolated import Isolated
from grader.sandbox.levels import FULL, KERNEL

TOKEN = "token-that-nobody-may-see"
SEED = 7_391
PATIENCE = (1.0, 4.0)

CHECKS = """
from grader import Brick, mnist

brick = Brick("toy", order=1, title="Toy")


@brick.check("double", points=1, called="double(x)", hint="Twice.", limit=0.9,
             inputs=lambda rng: {"x": rng.normal(size=(3, 4))})
def double(toy, x):
    return {"double(x)": toy.double(x)}


@brick.check("total", points=1, called="total(x)", hint="The sum.", limit=0.9,
             inputs=lambda rng: {"x": rng.normal(size=(3, 4))})
def total(toy, x):
    return {"total(x)": toy.total(x)}


def digits(rng):
    drawn = mnist.draw(rng, n_train=200, n_test=200, classes=(0, 1))
    rows = {name: drawn[name].reshape(200, -1) / 255 for name in ("x_train", "x_test")}
    return {**drawn, **rows}


@brick.check("classify", points=1, called="classify(x_train, y_train, x_test)", hint="Nearest.",
             inputs=digits, labels="y_test", limit=0.9)
def classify(toy, x_train, y_train, x_test):
    return {"labels": toy.classify(x_train, y_train, x_test)}
"""
BARS = """
{"toy/classify": {"bar": 0.9, "mean": 0.98, "spread": 0.01, "minimum": 0.95, "seeds": 20}}
"""
HONEST = f"""
import numpy as np
# {TOKEN}


def double(x):
    return 2 * x


def total(x):
    return x.sum()


def classify(x_train, y_train, x_test):
    means = [x_train[y_train == label].mean(axis=0) for label in (0, 1)]
    return np.argmin([((x_test - mean) ** 2).sum(axis=1) for mean in means], axis=0)
"""


@dataclass
class World:
    """A course and all that a trick could reach for, in a folder; and the place under test."""

    TOKEN: ClassVar[str] = TOKEN
    HONEST: ClassVar[str] = HONEST

    place: Isolated
    folder: Path
    course: Course
    oracle: Live
    victim: subprocess.Popen
    listener: socket.socket
    processes_of: Callable[[Path], list[int]]

    @property
    def outside(self):
        return self.folder / "outside"

    def grade(self, code):
        """Points, and each check's record."""
        source = Source("toy", "toy.py", code.encode())
        results = list(Examination(self.course, "toy", [source], self.place, self.oracle, SEED))
        return sum(result.points for result in results), [record(result) for result in results]

    def trick(self, path):
        """The trick's file, with the places that it reaches for."""
        text = path.read_text(encoding="utf-8")
        for name, value in {
            "COURSE": str(self.course.root),
            "OUTSIDE": str(self.outside),
            "STUDENTS": str(self.folder / "students"),
            "VICTIM": self.victim.pid,
            "PORT": self.listener.getsockname()[1],
        }.items():
            text = re.sub(rf"\b{name}\b", repr(value), text)
        return text

    def state(self):
        """All that a trick could have changed outside, and the processes that it could leave."""
        files = {
            str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns, path.read_bytes())
            for path in self.folder.rglob("*")
            if path.is_file()
        }
        names = sorted(map(str, self.folder.rglob("*")))
        priority = os.getpriority(os.PRIO_PROCESS, self.victim.pid)
        affinity = os.sched_getaffinity(self.victim.pid)
        limit = resource.prlimit(self.victim.pid, resource.RLIMIT_NOFILE)
        return files, names, sorted(os.listdir("/dev/shm")), priority, affinity, limit

    def connected(self):
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def processes(self):
        """Those that the place has started, directly or not, with their folder; bwrap aside."""
        return [
            (Path("/proc", str(pid)), zygote.folder)
            for zygote in self.place._zygotes.values()
            for pid in self.processes_of(zygote.folder)
            if name_of(pid) not in (None, "bwrap")
        ]

    def only_zygotes(self):
        return len(self.processes()) == len(self.place._zygotes)

    def scratch(self):
        """What is left in the folders of jobs, as the zygotes see them."""
        return [
            left
            for entry, folder in self.processes()
            for left in Path(f"{entry}/root{folder}").iterdir()
            if left.name.isdigit()  # jobs are numbers; Keras leaves a file of its own
        ]


def name_of(pid):
    """None for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return None


def isolated(level):
    """A place that canaries have found to be of that level; once a session each."""
    place, _ = levels.place(level)
    assert isinstance(place, Isolated)
    place._patience = PATIENCE
    return place


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    course = folder / "course"
    for path, text in {
        course / "exercises" / "test_toy.py": CHECKS,
        course / "exercises" / "bars.json": BARS,
        course / "exercises" / "recorded" / "toy.txt": TOKEN,
        course / "solutions" / "toy.py": HONEST,
        course / "course.seed": f"{SEED} {TOKEN}",
        folder / "outside" / "secret": TOKEN,
        folder / "students" / "ada" / "toy.py": HONEST,
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture(
    scope="session", params=[KERNEL, pytest.param(FULL, marks=pytest.mark.slow)], ids=str
)
def world(request, folder, need, processes_of):
    need(request.param)
    place = isolated(request.param)
    os.environ["BRICKS_SECRET"] = TOKEN
    course = Course(folder / "course")
    oracle = Live(course, Here())
    wait = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]
    with (
        subprocess.Popen(wait, stdin=subprocess.PIPE) as victim,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        listener.setblocking(False)
        yield World(place, folder, course, oracle, victim, listener, processes_of)
        victim.send_signal(signal.SIGKILL)
    place.close()
    del os.environ["BRICKS_SECRET"]
