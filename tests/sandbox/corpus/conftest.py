"""A world that hostile submissions could gain something in, or harm."""

import importlib.util
import json
import os
import re
import resource
import signal
import site
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from grader import student_code
from grader.course import Course
from grader.examine import Examination
from grader.follow_through import FollowThrough, reference_functions
from grader.live import LiveAnswers, LiveExpected
from grader.policy import Predecessors
from grader.report.check_report import check_report
from grader.report.line import line
from grader.report.report import Provenance, Report, Status
from grader.runner.clock import WallLimit
from grader.runner.in_process import InProcess
from grader.sandbox import levels
from grader.sandbox.confined import Confined
from grader.sandbox.levels import FULL, KERNEL
from grader.source import Source

TOKEN = "token-that-nobody-may-see"
SEED = 7_391
# Where Python looks for code to run, and what tricks leave there or change elsewhere.
SEARCHED = {Path(folder) for folder in ("/", *site.getsitepackages(), *sys.path) if folder}
LEFT = ("conftest.py", "sitecustomize.py", "trick.pth")
SHARED = Path("/dev/shm/bricks-filled")
COMPILED = Path(importlib.util.cache_from_source(np.__file__))
WALL_LIMIT = WallLimit(1.0, 4.0)

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
             inputs=digits, labels="y_test", limit=5.0)
def classify(toy, x_train, y_train, x_test):
    return {"labels": toy.classify(x_train, y_train, x_test)}
"""
MISTAKES = """
from grader.misconception import misconception


@misconception("It is halved.", "Is a half twice as much?", "model")
def halved(toy):
    toy.double = lambda x: x / 2
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
    return double(x).sum() / 2


def classify(x_train, y_train, x_test):
    means = [x_train[y_train == label].mean(axis=0) for label in (0, 1)]
    return np.argmin([((x_test - mean) ** 2).sum(axis=1) for mean in means], axis=0)
"""


@dataclass(frozen=True)
class Graded:
    """A submission's points, each check's record, and what its code printed."""

    points: int
    records: list
    printed: str

    @property
    def comparable(self):
        """The records but for how long they took."""
        left_out = ("seconds", "cpu")
        return [{k: v for k, v in came.items() if k not in left_out} for came in self.records]


def records_of(results):
    """The checks as results.jsonl has them."""
    provenance = Provenance("id", "kernel", Predecessors.REFERENCE, False, "digits", {})
    checks = tuple(check_report(result) for result in results)
    return json.loads(line(Report("ada", "toy", Status.GRADED, 3, provenance, checks)))["checks"]


@dataclass
class World:
    """A course and all that a trick could reach for, in a folder; and the place under test."""

    HONEST: ClassVar[str] = HONEST

    place: Confined
    folder: Path
    course: Course
    expected_values: LiveExpected
    misconception_answers: LiveAnswers
    victim: subprocess.Popen
    listener: socket.socket
    processes_of: Callable[[Path], list[int]]

    @cached_property
    def honest(self):
        """What the honest submission comes to before any trick was played."""
        return self.grade(self.HONEST)

    @property
    def outside(self):
        return self.folder / "outside"

    def grade(self, code):
        source = Source("toy", "toy.py", code.encode())
        with secret() as patch:
            patch.setattr(student_code, "LOAD_LIMIT", 0.9)
            patch.setattr(student_code, "LOAD_GRACE", 0.5)
            examined = Examination(
                self.course,
                "toy",
                [source],
                self.place,
                self.expected_values,
                SEED,
                self.misconception_answers,
            )
            functions = reference_functions(self.course, "toy")
            results = list(FollowThrough(examined, functions))
        return Graded(
            sum(result.points for result in results),
            records_of(results),
            "".join(result.printed for result in results),
        )

    def play(self, path):
        """What the trick came to, what it gained, and what it changed outside, in words."""
        code = self.trick(path)
        earns = int(re.search(r"^# earns (\d)$", code, re.MULTILINE)[1])
        before = self.state()
        came = self.grade(code)
        after = self.state()
        gains = [f"{came.points} points"] if came.points > earns else []
        gains += [TOKEN] if TOKEN in f"{came.records} {came.printed}" else []
        gains += ["a connection"] if self.connected() else []
        changed = [what for what in {**before, **after} if before.get(what) != after.get(what)]
        return came, gains, changed

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
        compile(text, path.name, "exec")  # what is no Python proves nothing
        return text

    def state(self):
        """All that a trick could have changed outside, by name."""
        files = [*self.folder.rglob("*"), *(folder / name for folder in SEARCHED for name in LEFT)]
        return {str(path): content_of(path) for path in [*files, COMPILED, SHARED]} | {
            "priority": os.getpriority(os.PRIO_PROCESS, self.victim.pid),
            "affinity": os.sched_getaffinity(self.victim.pid),
            "limit": resource.prlimit(self.victim.pid, resource.RLIMIT_NOFILE),
        }

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
            for job in Path(f"{entry}/root{folder}").iterdir()
            if re.fullmatch("[0-9a-f]{32}", job.name)  # Keras leaves a file beside them
            for left in job.iterdir()
        ]


def name_of(pid):
    """None for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return None


def content_of(path):
    """What would change with the file; None where it is not there."""
    try:
        about = path.lstat()
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode):
        return about.st_mode
    return about.st_mode, about.st_mtime_ns, path.read_bytes()


@contextmanager
def secret():
    """The environment of a grader that has something to hide."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRICKS_SECRET", TOKEN)
        yield patch


def isolated(level):
    """A place that canaries have found to be of that level; once a session each."""
    with secret():
        place, _ = levels.runner_at(level)
    assert isinstance(place, Confined)
    place._wall_limit = WALL_LIMIT
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
        course / "solutions" / "misconceptions" / "toy.py": MISTAKES,
        course / "course.seed": f"{SEED} {TOKEN}",
        folder / "outside" / "secret": TOKEN,
        folder / "students" / "ada" / "toy.py": HONEST,
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture(scope="session")
def world_at(folder, processes_of):
    """The world around a place."""

    @contextmanager
    def world_at(place):
        course = Course(folder / "course")
        wait = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]
        with (
            closing(place),
            subprocess.Popen(wait, stdin=subprocess.PIPE) as victim,
            socket.create_server(("127.0.0.1", 0)) as listener,
        ):
            listener.setblocking(False)
            expected_values, misconception_answers = (
                LiveExpected(course, InProcess()),
                LiveAnswers(course, InProcess()),
            )
            yield World(
                place,
                folder,
                course,
                expected_values,
                misconception_answers,
                victim,
                listener,
                processes_of,
            )
            victim.send_signal(signal.SIGKILL)

    return world_at


@pytest.fixture(
    scope="session", params=[KERNEL, pytest.param(FULL, marks=pytest.mark.slow)], ids=str
)
def world(request, need, world_at):
    need(request.param)
    with world_at(isolated(request.param)) as world:
        yield world
