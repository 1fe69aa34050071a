"""The process for students' code: whatever the code does, the grader goes on."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from grader.course import load_brick
from grader.outcome import Crashed, Missing, Passed, Raised, TooSlow, Unloadable
from grader.probe import Job, Loaded, NoArray, Returned
from grader.runner.clock import WallLimit
from grader.runner.keras_imports import imports_keras, needs_keras
from grader.runner.process import Process
from grader.source import Source

CHECKS = """
from grader import Brick

brick = Brick("toy", order=1, title="Toy")


@brick.check("f", points=1, called="f(x)", hint="Think.")
def values(toy, x):
    return {"f(x)": toy.f(x)}
"""
LIMIT = 20.0
SHORT = 0.5  # for what never ends
RIGHT = "def f(x): return x + 1"
LINUX = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")


class Toy:
    """A process and a check to run on sources of a line or two."""

    def __init__(self, folder):
        self.checks_file = folder / "test_toy.py"
        self.checks_file.write_text(CHECKS)
        self.check = load_brick(self.checks_file).checks["values"]
        self.process = Process(WallLimit(1.0, 2.0))

    def run(self, code, x=1.0, limit=LIMIT):
        sources = [Source("toy", "toy.py", code.encode())]
        inputs = {"x": np.asarray(x)}
        return self.process.run(Job(self.check, self.checks_file, tuple(sources), inputs, limit))

    def value(self, code, x=1.0):
        came = self.run(code, x).answer
        assert isinstance(came, Returned), came
        return came.values["f(x)"].tolist()

    @property
    def pid(self):
        return self.process._child.pid

    def still_works(self):
        return self.value(RIGHT) == 2.0


@pytest.fixture
def toy(tmp_path):
    toy = Toy(tmp_path)
    yield toy
    toy.process.close()


def body(*lines):
    return "import ctypes, os, signal, sys, threading, time\ndef f(x):\n" + "".join(
        f"    {line}\n" for line in lines
    )


def wait_until(true):
    """Whether it comes true; far more patient than any machine needs."""
    for _ in range(600):
        if true():
            return True
        time.sleep(0.05)
    return False


def is_gone(pid):
    """Ended: what nobody has reaped yet counts as ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_values_come_back_from_another_process(toy):
    pid = toy.value(body("return os.getpid()"))
    assert pid == toy.pid != os.getpid()


def test_without_a_check_the_source_is_only_loaded(toy):
    def load(code):
        sources = [Source("toy", "toy.py", code)]
        return toy.process.run(Job(None, toy.checks_file, tuple(sources), limit=LIMIT)).answer

    assert load(b"def f(x): 1 / 0") == Loaded()
    assert isinstance(load(b"1 / 0"), Unloadable)


def test_what_is_raised_comes_back_with_its_lines(toy):
    came = toy.run(body("return 1 / 0")).answer
    assert isinstance(came, Raised)
    assert came.lines[0].text == "return 1 / 0"
    assert toy.run("").answer == Missing("f")


@pytest.mark.slow
@pytest.mark.parametrize(
    "lines",
    [
        ["while True: pass"],
        ["time.sleep(1e6)"],
        ["while True:", "    try:", "        while True: pass", "    except BaseException: pass"],
        ["signal.signal(signal.SIGTERM, signal.SIG_IGN)", "while True: pass"],
        ["threading.Thread(target=f, args=(x,)).start() if x else 0", "while True: pass"],
    ],
    ids=["loop", "sleep", "swallows exceptions", "ignores signals", "threads"],
)
def test_what_never_ends_is_too_slow_and_the_next_run_works(toy, lines):
    assert toy.run(body(*lines), limit=SHORT).answer == TooSlow(SHORT)
    assert toy.still_works()


def test_a_file_that_never_ends_loading_is_too_slow(toy):
    assert toy.run("while True: pass", limit=SHORT).answer == TooSlow(SHORT)
    assert toy.still_works()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["os._exit(0)"], "exit code 0"),
        (["os._exit(3)"], "exit code 3"),
        (["ctypes.string_at(0)"], "signal 11"),
        (["os.abort()"], "signal 6"),
        (["os.kill(os.getpid(), signal.SIGKILL)"], "signal 9"),
        (["os.closerange(0, 1000)"], "exit code"),
        (["os.closerange(3, 1000)", "return x"], "exit code"),
    ],
)
def test_what_ends_the_process_is_a_crash_and_the_next_run_works(toy, lines, words):
    came = toy.run(body(*lines)).answer
    assert isinstance(came, Crashed)
    assert words in came.reason
    assert toy.still_works()


def test_closing_all_files_and_never_ending_is_stopped_too(toy, monkeypatch):
    monkeypatch.setattr("grader.runner.process.ENDING_LIMIT", SHORT)
    came = toy.run(body("os.closerange(0, 1000)", "while True: pass"), limit=SHORT).answer
    assert isinstance(came, Crashed | TooSlow)
    assert toy.still_works()


def test_sys_exit_and_closed_streams_cost_nothing_more(toy):
    assert toy.run(body("sys.exit(3)")).answer.error == "SystemExit"
    assert toy.value(body("sys.stdout.close()", "sys.stderr.close()", "return 7")) == 7
    assert toy.still_works()


def test_garbage_on_the_standard_streams_is_no_answer(toy):
    assert toy.value(body("os.write(1, b'garbage' * 99)", "os.write(2, b'x')", "return 7")) == 7
    assert toy.value(body("return len(sys.stdin.read()) + len(os.read(0, 9))")) == 0
    assert toy.still_works()


def test_garbage_on_every_file_is_a_crash(toy):
    garbage = body(
        "for fd in range(3, 50):",
        "    try: os.write(fd, b'\\xff' * 100)",
        "    except OSError: pass",
        "return 7",
    )
    came = toy.run(garbage, limit=LIMIT).answer
    assert isinstance(came, Crashed)
    assert "no readable answer" in came.reason
    assert toy.still_works()


FORGED = body(
    "from grader.runner.frames import write_frame",
    "class Out:",
    "    def write(self, content): self.content = getattr(self, 'content', b'') + content",
    "    def flush(self): pass",
    "out = Out()",
    "write_frame(out, {FRAME}, {'f(x)': x})",
    "for fd in range(3, 50):",
    "    try: os.write(fd, out.content)",
    "    except OSError: pass",
    "{THEN}",
)


@pytest.mark.parametrize(
    "frame",
    [
        {"number": 1, "claim": "Passed", "fields": {}, "printed": ""},
        {"number": 1, "names": ["labels"], "other": {}},
        {"number": 1, "names": 3},
    ],
)
def test_a_forged_answer_earns_nothing(toy, frame):
    forged = FORGED.replace("{FRAME}", repr(frame)).replace("{THEN}", "os._exit(0)")
    came = toy.run(forged, limit=LIMIT).answer
    assert not isinstance(came, Passed | Returned)
    assert toy.still_works()


def test_an_extra_answer_is_not_taken_for_the_next_runs(toy):
    extra = FORGED.replace("{FRAME}", "{'names': ['f(x)'], 'other': {}, 'number': 1}")
    toy.run(extra.replace("{THEN}", "return x"), x=99.0)
    assert toy.value(RIGHT, x=5.0) == 6.0
    assert toy.value(RIGHT, x=7.0) == 8.0


def test_a_forked_child_that_returns_as_well_is_not_heard(toy):
    copy = toy.value(body("return os.fork() or time.sleep(0.2) or 0"))
    assert copy > 0
    assert wait_until(lambda: is_gone(copy))
    assert toy.value(body("return os.getpid()")) == toy.pid


@pytest.mark.slow
def test_a_forked_child_that_never_ends_is_ended_with_the_run(toy, tmp_path):
    note = tmp_path / "pid"
    loops = body(
        "if os.fork() == 0:",
        f"    open({str(note)!r}, 'w').write(str(os.getpid()) + ' ')",
        "    while True: time.sleep(0.01)",
        f"while not os.path.exists({str(note)!r}): pass",
        "while True: pass",
    )
    assert toy.run(loops, limit=2.0).answer == TooSlow(2.0)
    assert wait_until(lambda: note.read_text().endswith(" ") and is_gone(int(note.read_text())))
    assert toy.still_works()


@pytest.mark.slow
@LINUX
def test_a_forked_child_that_walks_away_holds_nobody_up(toy, tmp_path):
    note = tmp_path / "pid"
    leaves = body(
        "if os.fork() == 0:",
        "    os.setsid()",
        f"    open({str(note)!r}, 'w').write(str(os.getpid()) + ' ')",
        "    time.sleep(1e6)",
        f"while not os.path.exists({str(note)!r}): pass",
        "os._exit(0)",
    )
    try:
        assert isinstance(toy.run(leaves, limit=2.0).answer, Crashed | TooSlow)
        assert toy.still_works()
    finally:
        assert wait_until(lambda: note.exists() and note.read_text().endswith(" "))
        os.kill(int(note.read_text()), signal.SIGKILL)


def test_what_ends_the_process_after_its_answer_does_not_cost_the_next_run(toy):
    toy.run(body("threading.Timer(0.2, os._exit, args=(0,)).start()", "return x"))
    child = toy.process._child
    assert wait_until(lambda: child.poll() is not None)
    assert toy.still_works()


@pytest.mark.slow
def test_a_process_that_reads_no_more_jobs_is_too_slow_however_large_the_next(toy):
    stops = body(
        "threading.Timer(0.2, os.kill, args=(os.getpid(), signal.SIGSTOP)).start()", "return x"
    )
    toy.run(stops)
    assert wait_until(lambda: " T " in Path(f"/proc/{toy.pid}/stat").read_text())
    assert toy.run(RIGHT, x=np.zeros(200_000), limit=SHORT).answer == TooSlow(SHORT)
    assert toy.still_works()


def test_prints_are_kept_short_and_belong_to_their_run(toy):
    prints = body("print('x' * 1_000_000)", "print('err', file=sys.stderr)", "return x")
    flood = toy.run(prints).printed
    assert flood.startswith("xxx")
    assert flood.endswith("980,005 more characters")
    assert len(flood) < 21_000
    assert toy.run(body("print('one')", "return x")).printed == "one\n"
    assert toy.run(RIGHT).printed == ""


def test_prints_of_what_no_file_can_hold_are_readable(toy):
    assert toy.run(body("print('\\ud800')", "return x")).printed.encode() == b"?\n"


def test_the_environment_is_clean(toy, monkeypatch):
    monkeypatch.setenv("BRICKS_SECRET", "course.seed")
    monkeypatch.setenv("PYTHONSTARTUP", "/nothing")
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    told = body("print(repr(dict(os.environ)))", "print(os.getcwd())", "return x")
    printed = toy.run(told).printed
    variables = eval(printed.splitlines()[0])
    folder = printed.splitlines()[1]
    assert not {"BRICKS_SECRET", "PYTHONSTARTUP"} & variables.keys()
    assert "course.seed" not in printed
    assert variables["OMP_NUM_THREADS"] == variables["OPENBLAS_NUM_THREADS"] == "1"
    assert variables["TF_NUM_INTRAOP_THREADS"] == "1"
    assert Path(variables["HOME"]) == Path(variables["TMPDIR"]) == Path(folder)
    assert Path(folder) not in (Path.cwd(), Path.home())


def test_np_random_starts_the_same_in_every_run(toy):
    draw = "import numpy as np\ndef f(x): return np.random.random(3)"
    assert toy.value(draw) == toy.value(draw)


def test_whatever_an_earlier_run_left_behind_is_not_in_the_next_module(toy):
    toy.run("import sys\nsys.modules['toy'] = 3\nn = 5\ndef f(x): return n")
    assert toy.value("def f(x): return 'n' in globals()") is False


def test_one_child_serves_many_runs(toy):
    toy.run(RIGHT)
    pid = toy.pid
    toy.run(body("return 1 / 0"))
    toy.run(RIGHT)
    assert toy.pid == pid


def test_arguments_arrive_as_they_were(toy):
    told = "def f(x): return [x.dtype.itemsize, *x.shape, x.flags.writeable]"
    assert toy.value(told, x=np.zeros((2, 3), np.float32)) == [4, 2, 3, True]


def test_a_value_that_is_no_array_is_told(toy):
    assert toy.run("def f(x): return None").answer.values == {"f(x)": NoArray("None")}


LEAVES_A_FOLDER = "import os\nos.mkdir('locked', 0)\n" + RIGHT


@pytest.mark.parametrize("code", [RIGHT, LEAVES_A_FOLDER])
def test_no_child_and_no_folder_is_left_after_close(toy, tmp_path, monkeypatch, code):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    toy.run(code)
    pid, [scratch] = toy.pid, tmp_path.glob("bricks-*")
    assert scratch.is_dir()
    toy.process.close()
    assert is_gone(pid)
    assert toy.process._child is None
    assert not scratch.exists()
    toy.process.close()
    assert toy.still_works()
    toy.process.close()
    assert list(tmp_path.glob("bricks-*")) == []


def test_a_process_that_runs_nothing_makes_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    process = Process()
    assert list(tmp_path.iterdir()) == []
    process.close()


PARENT = """
import sys, time
from pathlib import Path
import numpy as np
from grader.course import load_brick
from grader.probe import Job
from grader.runner.process import Process
from grader.source import Source

file = Path(sys.argv[1])
process = Process()
source = Source("toy", "toy.py", b"def f(x): return x")
loop = Source("toy", "toy.py", b"def f(x):\\n while True: pass")
check = load_brick(file).checks["values"]
process.run(Job(check, file, (source,), {"x": np.ones(1)}, 20.0))
print(process._child.pid, flush=True)
BUSY and process.run(Job(check, file, (loop,), {"x": np.ones(1)}, 1e6))
time.sleep(1e6)
"""


@pytest.mark.parametrize("busy", [False, True])
def test_the_child_ends_by_itself_when_its_parent_dies(toy, busy):
    """Also in the middle of a loop that never ends: a closed terminal kills the parent alone."""
    code = PARENT.replace("BUSY", str(busy))
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(toy.checks_file)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        try:
            child = int(parent.stdout.readline())
            time.sleep(1.0 if busy else 0.0)  # the loop begins
            assert not is_gone(child)
        finally:
            parent.kill()
    assert wait_until(lambda: is_gone(child))


@pytest.mark.parametrize(
    ("code", "top", "anywhere"),
    [
        ("import keras", True, True),
        ("import numpy as np, tensorflow as tf", True, True),
        ("from keras.layers import Dense", True, True),
        ("x = 1; import keras", True, True),
        ("try:\n    from tensorflow import keras\nexcept ImportError:\n    pass", True, True),
        ("try: import keras\nexcept ImportError: keras = None", True, True),
        ("if True:\n    import keras", True, True),
        ("def f(): import keras", False, True),
        ("def f():\n    return 1\nimport keras", True, True),
        ("def f():\n    import keras", False, True),
        ("def f():\r\n\tfrom tensorflow import keras", False, True),
        ("from layer import keras_layer", False, False),
        ("import numpy  # not keras", False, False),
        ("keras = 1", False, False),
        ("\xff(", False, False),
    ],
)
def test_who_imports_keras_is_told_from_the_text(code, top, anywhere):
    assert imports_keras(code.encode("latin-1"), anywhere=False) == top
    assert imports_keras(code.encode("latin-1"), anywhere=True) == anywhere


@pytest.mark.parametrize("piece", ["{a}", "import keras;", "from;", "a\n", "import a\n"])
def test_no_file_takes_long_to_be_looked_at(piece):
    """Python's own parser takes minutes for a megabyte of the first, and stops all threads."""
    code = f'f"{piece * (990_000 // len(piece))}"'.encode()
    began = time.process_time()
    imports_keras(code, anywhere=True)
    assert time.process_time() - began < 2


def test_a_brick_that_comes_before_counts_where_it_is_imported():
    def job(*codes):
        names = ("first", "second", "third")
        sources = [Source(n, f"{n}.py", code) for n, code in zip(names, codes, strict=True)]
        return Job(None, Path("test_third.py"), tuple(sources))

    assert not needs_keras(job(b"import keras", b"x = 1", b"import numpy"))
    assert needs_keras(job(b"import keras", b"x = 1", b"from first import x"))
    assert needs_keras(job(b"import keras", b"import first", b"def f():\n    import second"))
