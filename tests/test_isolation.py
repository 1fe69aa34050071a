"""Isolation: each invariant has a test that fails when it is broken."""

import builtins
import io
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from grader.answer import Returned
from grader.course import CourseError, load_brick
from grader.implementation import Source
from grader.outcome import Crashed, Fault, Missing, Raised, TooSlow, Unloadable
from grader.place import Run
from grader.sandbox import levels
from grader.sandbox.canaries import CANARIES
from grader.sandbox.frames import write_frame
from grader.sandbox.levels import FULL, KERNEL, LEVELS
from grader.sandbox.page import PAGE, page
from grader.sandbox.process import Process

if sys.platform != "linux":
    pytest.skip("the isolation of Linux", allow_module_level=True)

from grader.sandbox import bubblewrap, isolated, jobs, readable, scratch, seccomp, zygote
from grader.sandbox.isolated import Isolated, understood

ROOT = Path(__file__).parents[1]
NOBODY = 65_534
PATIENCE = (2.0, 5.0)
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
RIGHT = "def f(x): return x + 1"
FIT = """
import numpy as np
def g(x):
    import keras
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x, np.array([0, 1, 2, 0]), epochs=2, verbose=0)
    model.save("model.keras")
    return keras.models.load_model("model.keras").predict(x, verbose=0)
"""


class Toy:
    """A place and checks to run on sources of a line or two."""

    def __init__(self, place, folder):
        self.place = place
        self.checks_file = folder / "test_toy.py"
        self.checks_file.write_text(CHECKS)
        self.checks = load_brick(self.checks_file).checks

    def run(self, code, x=1.0, limit=10.0, check="values"):
        sources = [Source("toy", "toy.py", code.encode())]
        inputs = {"x": np.asarray(x)}
        return self.place.run(self.checks[check], self.checks_file, sources, inputs, limit)

    def value(self, *lines, x=1.0):
        code = "import ctypes, os, resource, sys, threading, time\ndef f(x):\n"
        came = self.run(code + "".join(f"    {line}\n" for line in lines), x).answer
        assert isinstance(came, Returned), came
        return came.values["f(x)"].tolist()

    def load(self, code, limit=10.0):
        source = Source("toy", "toy.py", code.encode())
        return self.place.run(None, self.checks_file, [source], {}, limit).answer

    def zygote(self, keras=False):
        return self.place._zygotes[keras]


@pytest.fixture(scope="module", params=[KERNEL, FULL])
def toy(request, tmp_path_factory):
    try:
        place = levels.unmeasured(request.param)
        place._patience = PATIENCE
        toy = Toy(place, tmp_path_factory.mktemp("toy"))
        came = toy.load("")
    except levels.IsolationError as error:
        pytest.skip(str(error))
    if came is not None:
        pytest.skip(f"nothing starts at level {request.param} here: {came}")
    yield toy
    place.close()


def wait_until(true):
    for _ in range(200):
        if true():
            return True
        time.sleep(0.05)
    return False


# 1. The grader never imports, unpickles or loads what a student wrote.


def test_what_a_source_does_it_does_elsewhere(toy, monkeypatch):
    monkeypatch.setattr(pickle, "loads", None)
    assert toy.load("import builtins\nbuiltins.touched = True") is None
    assert not hasattr(builtins, "touched")
    assert "toy" not in sys.modules


# 2. A zygote: fresh, clean, without TensorFlow's threads; a child of its own for each check.


def test_each_job_has_a_child_of_its_own_with_the_grader_loaded(toy):
    pids = {toy.value("return os.getpid()") for _ in range(3)}
    assert os.getpid() not in pids
    assert len(pids) == 3
    assert toy.value("return 'grader' in sys.modules") is True


def test_nothing_stays_from_one_job_to_the_next(toy):
    toy.run("import numpy as np\nnp.add = None\nopen('left', 'w')\ndef f(x): return x")
    assert toy.value("import numpy as np", "return len(os.listdir()) if np.add else -1") == 0
    assert toy.value("import random", "return random.random()") == toy.value(
        "import random", "return random.random()"
    )


def test_the_environment_is_clean(toy, monkeypatch):
    monkeypatch.setenv("BRICKS_SECRET", "secret")
    assert toy.value("return 'BRICKS_SECRET' in os.environ") is False
    assert toy.value("return os.environ['HOME'] == os.getcwd()") is True
    with closing(Isolated()) as place:  # started under the secret
        fresh = Toy(place, toy.checks_file.parent)
        assert fresh.value("return 'BRICKS_SECRET' in os.environ") is False


def test_a_zygote_that_runs_threads_does_not_fork():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        one = zygote.Zygote(theirs, None, Path("/nothing"))
        one.native_threads = zygote.threads() + 1
        one.fork(7, 1.0, [])
        assert b"refused" in ours.recv(1000)
        assert not one.pids


@pytest.mark.slow
def test_keras_trains_saves_and_predicts_and_the_zygote_stays_as_it_was(toy):
    x = np.linspace(0, 1, 16).reshape(4, 4)
    first, again = (toy.run(FIT, x, 60.0, "keras_values").answer for _ in range(2))
    assert isinstance(first, Returned), first
    assert first.values["g(x)"].shape == (4, 3)
    assert np.array_equal(first.values["g(x)"], again.values["g(x)"])


@pytest.mark.slow
def test_several_keras_jobs_at_once(toy):
    x = np.linspace(0, 1, 16).reshape(4, 4)
    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(lambda _: toy.run(FIT, x, 60.0, "keras_values"), range(6)))
    assert all(isinstance(run.answer, Returned) for run in runs), runs


def test_many_jobs_at_once_each_have_their_own_answer(toy):
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda n: toy.run(RIGHT, float(n)), range(40)))
    assert [run.answer.values["f(x)"].item() for run in runs] == [n + 1.0 for n in range(40)]


# 3. Limits and filters are on before the first line; only the job and the answer are open.


def test_the_limits_are_on_before_the_first_line(toy):
    code = """
import ctypes, os, resource
libc = ctypes.CDLL(None)
assert libc.prctl(39, 0, 0, 0, 0) == 1, "no_new_privs"
assert libc.prctl(21, 0, 0, 0, 0) == 2, "seccomp"
for name, most in {"AS": 4 << 30, "DATA": 2 << 30, "FSIZE": 64 << 20, "CORE": 0}.items():
    assert resource.getrlimit(getattr(resource, "RLIMIT_" + name))[1] <= most, name
assert resource.getrlimit(resource.RLIMIT_CPU) == (3, 4)
"""
    assert toy.load(code, 2.5) is None
    header, sets = "(ctypes.c_uint32 * 2)(0x20080522, 0)", "(ctypes.c_uint32 * 6)()"
    code = f"import ctypes\nsets = {sets}\nctypes.CDLL(None).capget({header}, sets)\n"
    assert toy.load(code + "assert not any(sets), list(sets)") is None


def test_nothing_else_is_open(toy):
    code = """
import os
found = []
for fd in range(300):
    try:
        found.append((fd, os.fstat(fd).st_rdev))
    except OSError:
        pass
null = os.stat("/dev/null").st_rdev
assert [fd for fd, _ in found] == [0, 1, 2, 3], found
assert [device for _, device in found[:3]] == [null] * 3, found
"""
    assert toy.load(code) is None


def test_a_child_that_cannot_be_confined_runs_nothing(tmp_path):
    script = f"""
import os
from pathlib import Path
from grader.sandbox.forked import Confinement, be_child, confinement
shared = confinement()
broken = Confinement(shared.files, shared.path, b"no filter")
answer, into = os.pipe()
if os.fork() == 0:
    null = os.open("/dev/null", 0)
    be_child(broken, 5.0, Path({str(tmp_path)!r}) / "1", [into, null, null])
_, status = os.wait()
os.close(into)
print(os.waitstatus_to_exitcode(status), os.read(answer, 10))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "70 b''\n", done


def test_limits_that_cannot_be_set_are_our_fault():
    """The zygote is told of a scratch folder that is gone: no child can be confined to its own."""
    place = Isolated()
    try:
        source = Source("toy", "toy.py", b"x = 1")
        assert place.run(None, Path("test_toy.py"), [source], {}, 5.0).answer is None
        [zygote] = place._zygotes.values()
        shutil.rmtree(zygote.folder)
        assert isinstance(place.run(None, Path("test_toy.py"), [source], {}, 5.0).answer, Fault)
    finally:
        place.close()


FILLS = """
import os, time
try:
    for n in range(5):
        os.posix_fallocate(os.open(str(n), os.O_CREAT | os.O_RDWR), 0, 63 << 20)
except OSError:
    pass
try:
    while True:
        with open("rest", "ab") as file:
            file.write(b"x" * 4096)
except OSError:
    pass
time.sleep(4)
"""


@pytest.mark.slow
def test_a_job_that_fills_the_room_for_files_keeps_none_from_others():
    try:
        place, _ = levels.place(FULL)
    except levels.IsolationError as error:
        pytest.skip(str(error))
    fills, plain = (Source("toy", "toy.py", code.encode()) for code in (FILLS, "x = 1"))

    def load(source):
        return place.run(None, Path("test_toy.py"), [source], {}, 5.0).answer

    with closing(place), ThreadPoolExecutor(1) as pool:
        assert load(plain) is None
        full = pool.submit(load, fills)
        answers = []
        while not full.done():
            answers.append(load(plain))
            time.sleep(0.05)
        assert full.result() is None
        assert len(answers) > 10 and set(answers) == {None}


def test_the_job_is_sealed(toy):
    sources = [Source("toy", "toy.py", RIGHT.encode())]
    check = toy.checks["values"]
    with jobs.sealed_job(check, toy.checks_file, sources, {"x": np.ones(3)}) as file:
        for write in (lambda: os.pwrite(file.fileno(), b"x", 0), lambda: file.truncate(0)):
            with pytest.raises(PermissionError):
                write()


def test_large_arrays_are_shared_by_jobs_and_changed_by_none(toy):
    x = np.arange(400_000.0).reshape(2, -1)[:, ::2]
    for _ in range(2):
        came = toy.run("def f(x):\n    x += 1\n    return x", x).answer
        assert np.array_equal(came.values["f(x)"], x + 1)
    arrays = jobs.SealedArrays()
    with arrays.file_of({"x": x}) as first, arrays.file_of({"x": x}) as again:
        assert os.fstat(first.fileno()).st_ino == os.fstat(again.fileno()).st_ino
        with arrays.file_of({"x": x.copy()}) as other:
            assert os.fstat(first.fileno()).st_ino != os.fstat(other.fileno()).st_ino
        for n in range(20):
            arrays.file_of({"x": np.full(3, n)}).close()
        assert len(arrays._kept) <= jobs.KEPT + 1


@pytest.mark.parametrize(
    "dtype", ["?", "u1", "i1", "u2", "i2", "f2", "u4", "i4", "f4", "u8", "i8", "f8"]
)
def test_arrays_are_mapped_as_they_were(dtype):
    x = np.arange(6).reshape(2, 3).astype(dtype)
    empty, number = x[:0], np.array(1).astype(dtype)
    with jobs.SealedArrays().file_of({"x": x, "empty": empty, "number": number}) as file:
        back = jobs.mapped_arrays(file.fileno())
    for name, array in {"x": x, "empty": empty, "number": number}.items():
        assert (back[name].dtype, back[name].shape) == (array.dtype, array.shape)
        assert np.array_equal(back[name], array)
        assert back[name].flags.writeable


def test_a_job_reads_packages_and_nothing_of_the_grader(toy):
    assert toy.load("import json.tool, colorsys, wave, numpy.fft, safetensors.numpy") is None
    for path in (readable.GRADER / "check.py", readable.GRADER / "data" / "mnist.npz"):
        came = toy.load(f"open({str(path)!r}, 'rb').read()[0]")
        assert isinstance(came, Unloadable), came
    for path in readable.readable().whole:
        assert not readable.GRADER.is_relative_to(Path(path).resolve()), path
        assert not Path(path).name.startswith("bricks"), path
        assert Path(path) not in (ROOT, *ROOT.parents)


# 4. One frame of plain arrays comes back; missing, extra, late or malformed means failed.


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
        b"\0" * (isolated.MAX_ANSWER + 1),
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
        (["return bytearray(3 << 30)"], "memory limit or crash"),
        (["os.close(3)", "time.sleep(1e6)"], "it closed the stream that its answer takes"),
    ],
    ids=["exits", "exits with 7", "exits with 70", "aborts", "crashes", "takes memory", "closes"],
)
def test_no_answer_is_a_crash_whatever_the_exit_code(toy, lines, reason):
    came = toy.run("import ctypes, os, time\ndef f(x):\n    " + "\n    ".join(lines)).answer
    assert isinstance(came, Crashed)
    assert reason in came.reason
    assert toy.value("return x + 1") == 2.0


def test_processor_time_is_what_is_limited(toy):
    patient = toy.run("import time\ndef f(x):\n    time.sleep(1.2)\n    return x", limit=0.5)
    assert isinstance(patient.answer, Returned), patient
    assert patient.seconds > 1.2
    assert 0 < patient.cpu < 0.5
    busy = toy.run("def f(x):\n    while True: pass", limit=0.5)
    assert busy.answer == TooSlow(0.5)
    assert busy.cpu >= 0.5


def test_wall_time_is_the_backstop(toy, monkeypatch):
    monkeypatch.setattr(toy.place, "_patience", (1.0, 0.5))
    asleep = toy.run("import time\ndef f(x): time.sleep(1e6)", limit=0.5)
    assert asleep.answer == TooSlow(0.5)
    assert asleep.seconds < 30


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


# 5. Comparison is tests/test_judge.py's; here: whatever is no plain array never becomes one.


@pytest.mark.parametrize("value", ["None", "{}", "'3'", "[object()]", "x.astype(object)", "1j"])
def test_only_arrays_of_real_numbers_come_back(toy, value):
    came = toy.run(f"def f(x): return {value}").answer
    assert isinstance(came, Returned)
    assert not isinstance(came.values["f(x)"], np.ndarray)


# 6. The isolation in force is what canaries measured.


@pytest.mark.parametrize("level", [KERNEL, FULL])
def test_canaries_find_what_the_page_says(level):
    try:
        place, measured = levels.place(level)
    except levels.IsolationError as error:
        pytest.skip(str(error))
    place.close()
    assert LEVELS.index(measured.level) >= LEVELS.index(level)
    assert {it.tries for it in measured.canaries} >= {it.tries for it in CANARIES}
    stopped = (KERNEL,) if measured.level == KERNEL else (KERNEL, FULL)
    for it in measured.canaries:
        assert it.stopped == (it.level in stopped), it


def without(what):
    """Wraps a zygote in which one layer is never put on."""

    def wrap(command, folder):
        return [*command[:-1], f"{what}; {command[-1]}"]

    return wrap


@pytest.mark.parametrize(
    ("missing", "through"),
    [
        ("from grader.sandbox import landlock as l; l.Rules.put_on = lambda s: 0", "read a file"),
        ("from grader.sandbox import seccomp as s; s.put_on = lambda c: 0", "fork"),
        ("from grader.sandbox import limits as m; m.put_on = lambda l: None", "share memory"),
    ],
    ids=["Landlock", "seccomp", "limits"],
)
def test_canaries_notice_a_missing_layer(missing, through):
    if "limits" in missing and os.geteuid() != 0:
        pytest.skip("without no_new_privs, plain users can put on no filter either")
    start = f"import sys; sys.path[:] = {[entry for entry in sys.path if entry]!r}; "
    place = Isolated(without(start + missing), (1.0, 3.0))
    try:
        measured = levels.measure(place)
    finally:
        place.close()
    assert measured.level == "basic"
    assert any(it.tries.startswith(through) for it in measured.canaries if not it.stopped), measured


class Everywhere:
    """A place where every canary gets through; or is said to be refused, but left a trace."""

    def __init__(self, answer):
        self.answer = answer

    def run(self, check, file, sources, inputs, limit):
        lines = sources[0].code.decode().splitlines()
        if "import numpy" in sources[0].code.decode():
            return Run(None)
        if isinstance(self.answer, Unloadable):
            outside = eval(lines[0].partition("=")[2])
            Path(outside, "trace").touch()
        return Run(self.answer)


def test_a_trace_or_a_broken_canary_lowers_the_level():
    refused = Unloadable("canary.py", "PermissionError: no")
    assert levels.measure(Everywhere(None)).level == "basic"
    assert levels.measure(Everywhere(Unloadable("canary.py", "NameError: x"))).level == "basic"
    assert levels.measure(Everywhere(refused)).level == "basic"


def test_where_nothing_runs_nothing_has_been_measured():
    class Nowhere:
        def run(self, *job):
            return Run(Crashed("no"))

    assert levels.measure(Nowhere()).level == "basic"


def test_a_level_that_is_not_to_be_had_says_what_to_do(monkeypatch):
    monkeypatch.setattr(bubblewrap, "found", lambda: None)
    with pytest.raises(CourseError, match="apt install bubblewrap"):
        levels.place(FULL)
    monkeypatch.setattr(seccomp, "available", lambda: False)
    with pytest.raises(CourseError, match="libseccomp2"):
        levels.place(KERNEL)
    with pytest.raises(CourseError, match="basic, kernel, full"):
        levels.place("strict")
    place, measured = levels.place()
    assert isinstance(place, Process)
    assert measured.level == "basic"


def test_a_bubblewrap_that_does_not_work_is_not_full(monkeypatch):
    monkeypatch.setattr(bubblewrap, "found", lambda: "/bin/false")
    with pytest.raises(CourseError, match="nothing starts"):
        levels.place(FULL)


def test_the_page_is_what_the_generator_makes():
    assert PAGE.read_text(encoding="utf-8") == page()


# As a plain user, and what is left afterwards.


def plain_python():
    """An interpreter with the packages, for a user who owns nothing; or why there is none."""
    version = f"python3.{sys.version_info.minor}"
    for program in (sys.executable, shutil.which(version, path="/usr/bin:/usr/local/bin")):
        for path in ("", os.pathsep.join([*map(str, readable.package_folders()), str(ROOT)])):
            environment = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
            environment |= {"PYTHONPATH": path} if path else {}
            command = [program, "-c", "import grader.sandbox.levels, pytest"]
            if program and plainly(command, environment).returncode == 0:
                return program, environment
    pytest.skip("no Python here that another user can run, with the kit's packages")


def plainly(command, environment, **more):
    try:
        return subprocess.run(
            command, env=environment, cwd="/", user=NOBODY, group=NOBODY, extra_groups=[],
            capture_output=True, text=True, **more,
        )  # fmt: skip
    except PermissionError:
        return subprocess.CompletedProcess(command, 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("level", [KERNEL, FULL])
def test_canaries_are_stopped_for_a_plain_user(level):
    program, environment = plain_python()
    script = (
        "from grader.sandbox import levels\n"
        f"try: print(levels.place({level!r})[1].level)\n"
        "except levels.IsolationError as error: print('skip', error)\n"
    )
    done = plainly([program, "-c", script], environment)
    if done.stdout.startswith("skip") and level == FULL:
        pytest.skip(f"no user namespaces for plain users: {done.stdout[5:]}")
    assert done.stdout.strip() in LEVELS[LEVELS.index(level) :], done


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_the_corpus_gains_nothing_as_a_plain_user(tmp_path_factory):
    program, environment = plain_python()
    base = Path("/tmp") / f"bricks-plain-{os.getpid()}"
    tricks = "kernel and (stealing or fork or threads or locked or deep or shed or change_a)"
    done = plainly(
        [program, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={base}",
         f"--rootdir={ROOT}", str(ROOT / "tests" / "test_hostile.py"), "-k", tricks],
        environment,
    )  # fmt: skip
    shutil.rmtree(base, ignore_errors=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout


def test_a_zygote_that_was_killed_is_replaced(toy):
    toy.value("return 1")
    before = toy.zygote().pid
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: toy.zygote().gone)
    assert toy.value("return x + 1") == 2.0
    assert toy.zygote().pid != before


def processes_of(folder):
    """Those whose environment names the folder."""
    mark, found = f"HOME={folder}\0".encode(), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_nothing_is_left_after_close(toy, tmp_path):
    place = Isolated(toy.place._wrap)
    Toy(place, tmp_path).value("open('file', 'w')", "return 1")
    folder = place._zygotes[False].folder
    assert processes_of(folder)
    place.close()
    assert not processes_of(folder)
    assert not folder.exists()


COORDINATOR = """
import sys, threading, time
from pathlib import Path
from grader.implementation import Source
from grader.sandbox import levels

place = levels.unmeasured(sys.argv[1])
place.run(None, Path("x"), [Source("toy", "toy.py", b"")], {}, 9.0)
sleeps = Source("toy", "toy.py", b"import time; open('file', 'w'); time.sleep(1e6)")
thread = threading.Thread(target=place.run, args=(None, Path("x"), [sleeps], {}, 900.0))
thread.start()
time.sleep(1)
print(place._zygotes[False].folder, flush=True)
thread.join()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nobody_outlives_the_coordinator(toy, number):
    level = FULL if toy.place._wrap else KERNEL
    command = [sys.executable, "-c", COORDINATOR, level]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as coordinator:
        try:
            folder = Path(coordinator.stdout.readline().strip())
            assert len(processes_of(folder)) >= 2
        finally:
            coordinator.send_signal(number)
    assert wait_until(lambda: not processes_of(folder))
    if folder.exists():  # bubblewrap leaves the folder, whose contents lay elsewhere
        folder.rmdir()


@pytest.mark.parametrize("as_user", [os.geteuid(), NOBODY])
def test_clean_up_survives_depth_and_permissions(tmp_path, as_user):
    if as_user != os.geteuid() and os.geteuid() != 0:
        pytest.skip("only root can become another user")
    folder = tmp_path / "scratch"
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:3]:
        if os.access(parent, os.W_OK) and parent != Path("/tmp") and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setresuid(as_user, as_user, as_user)
            folder.mkdir()
            fill(folder)
            os.chdir("/")
            scratch.remove(folder)
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert not folder.exists()


def fill(folder):
    os.chdir(folder)
    os.symlink("/etc", "link")
    os.mkdir("locked")
    os.mkdir("locked/inner")
    os.close(os.open("locked/inner/file", os.O_CREAT, 0))
    os.chmod("locked/inner", 0)
    os.chmod("locked", 0)
    for _ in range(1_200):
        os.mkdir("deep" * 20)
        os.chdir("deep" * 20)
