"""Confinement: limits and filters are on before the first line, and nothing else is open."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.content import ENGINE
from grader.outcome import Fault, Unloadable
from grader.probe import Job, Loaded
from grader.sandbox.levels import KERNEL
from grader.source import Source

if sys.platform != "linux":
    pytest.skip("the isolation of Linux", allow_module_level=True)

from grader.sandbox import readable_files
from grader.sandbox.confined import Confined

ROOT = Path(__file__).parents[2]


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
    assert toy.load(code, 2.5) == Loaded()
    header, sets = "(ctypes.c_uint32 * 2)(0x20080522, 0)", "(ctypes.c_uint32 * 6)()"
    code = f"import ctypes\nsets = {sets}\nctypes.CDLL(None).capget({header}, sets)\n"
    assert toy.load(code + "assert not any(sets), list(sets)") == Loaded()


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
    assert toy.load(code) == Loaded()


def test_a_child_that_cannot_be_confined_runs_nothing(need, tmp_path):
    need(KERNEL)
    script = f"""
import os
from dataclasses import replace
from pathlib import Path
from grader.sandbox.confined_child import be_child, confinement
from grader.sandbox.folder_rules import FolderRules
shared = confinement()
broken = replace(shared, filters=b"no filter")
folder = Path({str(tmp_path)!r})
rules = FolderRules(shared.files).of(folder)
answer, into = os.pipe()
if os.fork() == 0:
    null = os.open("/dev/null", 0)
    be_child(broken, 5.0, folder, rules, [into, null, null])
_, status = os.wait()
os.close(into)
print(os.waitstatus_to_exitcode(status), os.read(answer, 9))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "70 b'Traceback'\n", done  # and not READY, which comes first


def test_limits_that_cannot_be_set_are_our_fault(need):
    """The zygote is told of a scratch folder that is gone: no child can be confined to its own."""
    need(KERNEL)
    place = Confined()
    try:
        source = Source("toy", "toy.py", b"x = 1")
        assert place.run(Job(None, Path("test_toy.py"), (source,), limit=5.0)).answer == Loaded()
        [zygote] = place._zygotes.values()
        shutil.rmtree(zygote.folder)
        assert isinstance(
            place.run(Job(None, Path("test_toy.py"), (source,), limit=5.0)).answer, Fault
        )
    finally:
        place.close()


def test_a_job_reads_packages_and_nothing_of_the_grader(toy):
    assert toy.load("import json.tool, colorsys, wave, numpy.fft, safetensors.numpy") == Loaded()
    for path in (ENGINE / "check.py", ENGINE / "data" / "mnist.npz"):
        came = toy.load(f"open({str(path)!r}, 'rb').read()[0]")
        assert isinstance(came, Unloadable), came
    for path in readable_files.readable().all_in:
        assert not ENGINE.is_relative_to(Path(path).resolve()), path
        assert not Path(path).name.startswith("bricks"), path
        assert Path(path) not in (ROOT, *ROOT.parents)
