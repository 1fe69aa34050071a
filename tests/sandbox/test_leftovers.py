"""Nobody and nothing is left, whoever ends first."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from grader.probe import Job, Loaded
from grader.sandbox import levels
from grader.sandbox.levels import FULL, KERNEL
from grader.source import Source

if sys.platform != "linux":
    pytest.skip("the isolation of Linux", allow_module_level=True)

from grader.sandbox import scratch
from grader.sandbox.confined import Confined

NOBODY = 65_534


def test_nothing_is_left_after_close(toy, processes_of):
    place = Confined(toy.place._wrap)
    toy.at(place).value("open('file', 'w')", "return 1")
    folder = place._zygotes[False].folder
    assert processes_of(folder)
    place.close()
    assert not processes_of(folder)
    assert not folder.exists()


COORDINATOR = """
import sys, threading, time
from pathlib import Path
from grader.probe import Job
from grader.source import Source
from grader.sandbox import levels

place = levels.unmeasured(sys.argv[1])
place.run(Job(None, Path("x"), (Source("toy", "toy.py", b""),), limit=9.0))
sleeps = Source("toy", "toy.py", b"import time; open('file', 'w'); time.sleep(1e6)")
thread = threading.Thread(target=place.run, args=(Job(None, Path("x"), (sleeps,), limit=900.0),))
thread.start()
time.sleep(1)
print(place._zygotes[False].folder, flush=True)
thread.join()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nobody_outlives_the_coordinator(toy, number, processes_of, wait_until):
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
        place, _ = levels.runner_at(FULL)
    except levels.IsolationError as error:
        pytest.skip(str(error))
    fills, plain = (Source("toy", "toy.py", code.encode()) for code in (FILLS, "x = 1"))

    def load(source):
        return place.run(Job(None, Path("test_toy.py"), (source,), limit=5.0)).answer

    with closing(place), ThreadPoolExecutor(1) as pool:
        assert load(plain) == Loaded()
        full = pool.submit(load, fills)
        answers = []
        while not full.done():
            answers.append(load(plain))
            time.sleep(0.05)
        assert full.result() == Loaded()
        assert len(answers) > 10 and set(answers) == {Loaded()}
