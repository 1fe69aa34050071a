"""One frame of plain arrays in time; missing, extra, late or malformed means failed."""

import io
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from grader.outcome import Crashed, Missing, Raised, TooSlow
from grader.probe import Returned
from grader.runner.frames import write_frame

if sys.platform != "linux":
    pytest.skip("the isolation of Linux", allow_module_level=True)

from grader.runner.clock import WallLimit
from grader.runner.encoding import WATCHED
from grader.sandbox import confined
from grader.sandbox.confined import read_until, understood, watched

ROOT = Path(__file__).parents[2]


def framed(plain):
    stream = io.BytesIO()
    write_frame(stream, plain, {})
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        framed({}) + b"x",
        framed({}) * 2,
        framed({})[:-1],
        b"x",
        framed({"claim": "Passed", "fields": {"reached": None}}),
        b"\0" * (confined.MAX_ANSWER + 1),
    ],
    ids=["more", "twice", "cut", "a byte", "passed", "too long"],
)
def test_what_is_not_one_frame_is_no_answer(content):
    assert isinstance(understood(content)[0], Crashed)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["os._exit(0)"], "exit code 0"),
        (["os._exit(7)"], "exit code 7"),
        (["os._exit(70)"], "exit code 70"),  # which our own code ends with before the limits are on
        (["os.abort()"], "memory limit or crash"),
        (["ctypes.string_at(0)"], "memory limit or crash"),
        (["os.close(3)", "time.sleep(1e6)"], "it closed the stream that its answer takes"),
    ],
    ids=["exits", "exits with 7", "exits with 70", "aborts", "crashes", "closes"],
)
def test_no_answer_is_a_crash_whatever_the_exit_code(toy, monkeypatch, lines, reason):
    monkeypatch.setattr(confined, "GRACE", 1.0)
    came = toy.run("import ctypes, os, time\ndef f(x):\n    " + "\n    ".join(lines)).answer
    assert isinstance(came, Crashed)
    assert reason in came.reason
    assert toy.value("return x + 1") == 2.0


@pytest.mark.parametrize(
    "taken",
    ["[bytearray(1 << 28) for _ in range(99)]", "[np.ones((64, 1024, 1024)) for _ in range(40)]"],
    ids=["bytes", "arrays"],
)
def test_a_line_that_takes_too_much_memory_is_named(toy, taken):
    came = toy.run(f"import numpy as np\ndef f(x):\n    kept = {taken}\n    return x").answer
    assert isinstance(came, Raised) and came.error == "MemoryError"
    assert came.lines[0].number == 3 and came.lines[0].text.startswith("kept = ")
    assert toy.value("return x + 1") == 2.0


def test_a_job_can_use_all_that_reads_and_rebuilds_models(toy):
    """A child can read none of the grader's files: the zygote must have imported these."""
    names = [path.stem for path in (ROOT / "grader" / "networks").glob("keras_*.py")]
    assert len(names) > 2
    imports = "\n    ".join(f"import grader.networks.{name}" for name in names)
    came = toy.run(f"def f(x):\n    {imports}\n    return x").answer
    assert isinstance(came, Returned), came


@pytest.mark.slow
def test_processor_time_is_what_is_limited(toy):
    patient = toy.run("import time\ndef f(x):\n    time.sleep(1.2)\n    return x", limit=0.5)
    assert isinstance(patient.answer, Returned), patient
    assert patient.seconds > 1.2
    assert 0 < patient.cpu < 0.5
    busy = toy.run("def f(x):\n    while True: pass", limit=0.5)
    assert busy.answer == TooSlow(0.5)
    assert busy.cpu >= 0.5


@pytest.mark.long
def test_a_job_that_somebody_killed_is_tried_once_more(toy):
    """As a system does that runs out of memory: it may have been another's."""
    code = """
import os, signal, time
left = {} - time.time()
if left > 0:
    time.sleep(left)
    os.kill(os.getpid(), signal.SIGKILL)
def f(x): return x + 1
"""
    assert toy.run(code.format(time.time() + 1.0)).answer.values["f(x)"] == 2.0
    assert toy.run(code.format(time.time() + 1e6), limit=0.5).answer == TooSlow(0.5)
    killed = toy.run("import os\nos.kill(os.getpid(), 9)").answer
    assert isinstance(killed, Crashed) and "memory limit or crash" in killed.reason


def test_wall_time_is_the_backstop(toy, monkeypatch):
    monkeypatch.setattr(toy.place, "_wall_limit", WallLimit(1.0, 0.5))
    asleep = toy.run("import time\ndef f(x): time.sleep(1e6)", limit=0.5)
    assert asleep.answer == TooSlow(0.5)
    assert asleep.seconds < 30


SPINS = """
import time
def f(x):
    while time.process_time() < 0.3: pass
    return x
"""


@pytest.mark.long
def test_waiting_for_a_core_costs_nothing(toy, monkeypatch, processes_of):
    """Eight jobs on one core: each uses little of it, and takes longer than its wall time."""
    monkeypatch.setattr(toy.place, "_wall_limit", WallLimit(1.0, 0.5))
    toy.run(SPINS)  # the zygote has started
    zygote = max(processes_of(toy.zygote().folder))  # bubblewrap may stand around it
    before = os.sched_getaffinity(zygote)
    os.sched_setaffinity(zygote, {min(before)})
    try:
        with ThreadPoolExecutor(8) as pool:
            runs = list(pool.map(lambda _: toy.run(SPINS, limit=0.6), range(8)))
    finally:
        os.sched_setaffinity(zygote, before)
    assert max(run.seconds for run in runs) > 1.1
    assert all(isinstance(run.answer, Returned) for run in runs), runs


def test_what_came_in_time_counts_however_late_it_is_read():
    """As by a grader that was stopped meanwhile."""
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb", buffering=0) as stream:
        with os.fdopen(theirs, "wb") as answer:
            answer.write(b"in time")
        assert read_until(stream, time.monotonic() - 60, lambda: 0.0) == b"in time"


@pytest.mark.slow
def test_the_clock_covers_loading_and_texts(toy):
    endless = "class E(Exception):\n    def __str__(self):\n        while True: pass\n"
    assert toy.load("while True: pass", 0.5) == TooSlow(0.5)
    assert toy.run(endless + "def f(x): raise E", limit=0.5).answer == TooSlow(0.5)


def test_what_is_raised_printed_or_missing_comes_back(toy):
    run = toy.run("def f(x):\n    print('\\x1b[31mred\\x1b[0m \\x07one')\n    return 1 / 0")
    assert isinstance(run.answer, Raised)
    assert run.answer.lines[0].text == "return 1 / 0"
    assert run.printed == "red one\n"
    assert toy.run("").answer == Missing("f")


@pytest.mark.parametrize("value", ["None", "{}", "'3'", "[object()]", "x.astype(object)", "1j"])
def test_only_arrays_of_real_numbers_come_back(toy, value):
    came = toy.run(f"def f(x): return {value}").answer
    assert isinstance(came, Returned)
    assert not isinstance(came.values["f(x)"], np.ndarray)


def test_frames_that_are_no_answer_take_little_time():
    """While the grader reads them, no other thread of it runs."""
    told = framed({WATCHED: [{"a": {}}] * 180_000})
    content = told * (confined.MAX_ANSWER // len(told))
    began = time.thread_time()
    came, _ = understood(content)
    watched(content)
    assert time.thread_time() - began < 2
    assert isinstance(came, Crashed)


def test_what_a_long_check_tells_of_its_lines_and_prints_is_read():
    line = {"file": "layer.py", "number": 3, "function": "f", "text": "\u0434" * 120}
    told = framed({WATCHED: {"lines": [line] * 4, "times": 2.0, "repeats": False}})
    printed = "\u0434" * 20_000
    answer = framed({"names": [], "other": {}, "printed": printed})
    assert understood(told * 200 + answer) == (Returned({}), printed)
    assert watched(told * 200)["times"] == 2.0
