"""What all children share is made once, and confines each of them as if it were made for it."""

import os
import resource
from contextlib import closing
from pathlib import Path

import pytest

from grader.outcome import Unloadable
from grader.probe import Job, Loaded
from grader.sandbox import folder_rules, landlock, levels, seccomp
from grader.sandbox.folder_rules import FolderRules
from grader.sandbox.levels import KERNEL
from grader.sandbox.readable_files import Readable
from grader.source import Source

TRIES_OTHERS = """
import os
for folder in {folders!r}:
    if os.path.realpath(folder) != os.getcwd():
        try:
            open(folder + "/mine", "w")
        except PermissionError:
            continue
        raise AssertionError(folder)
"""


@pytest.mark.parametrize("pid", [1, 255, 4_711, 4_194_303])
def test_the_filter_of_a_process_is_that_which_is_made_for_it(need, pid):
    need(KERNEL)
    made = seccomp.program(seccomp.signal_rules(pid))
    assert seccomp.of_process(seccomp.signal_program(), pid) == made


def test_rules_are_made_once_for_a_folder_and_now_and_then_anew(need, tmp_path, monkeypatch):
    need(KERNEL)
    made = []
    monkeypatch.setattr(folder_rules, "MOST_USES", 3)
    monkeypatch.setattr(landlock.Rules, "grant_opened", lambda *more: made.append(more))
    rules = FolderRules(Readable(("/usr",), ("/",)))
    for _ in range(7):
        rules.of(tmp_path)
    assert len(made) == 2 * 3  # twice for each of three
    rules.of(tmp_path / "other")
    assert len(made) == 2 * 4
    rules.forget(tmp_path)
    rules.of(tmp_path)
    assert len(made) == 2 * 5


def test_where_so_many_files_cannot_be_open_each_child_has_new_rules(need, tmp_path, monkeypatch):
    need(KERNEL)
    made = []
    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(resource, "setrlimit", lambda *limits: None)
    monkeypatch.setattr(landlock.Opened, "_open", refuses_the_second)
    grant = landlock.Rules.grant
    monkeypatch.setattr(
        landlock.Rules, "grant", lambda *more: (made.append(more[1:]), grant(*more))
    )
    rules = FolderRules(Readable(("/usr", "/lib"), ("/",)))
    assert len(os.listdir("/proc/self/fd")) == before
    for _ in range(3):
        rules.of(tmp_path)
    assert made.count((landlock.READ, ("/usr", "/lib"))) == 3
    rules.forget(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before


def refuses_the_second(opened, path):
    if opened.fds:
        raise OSError(24, "Too many open files")
    opened.fds.append(os.open(path, os.O_PATH))


def test_children_in_one_folder_are_confined_alike(toy):
    """Each has rules that others had before; it reads its own command line, and no other folder."""
    assert toy.load("open('/proc/self/cmdline').read()") == Loaded()
    for _ in range(5):
        assert (
            toy.load("open('own', 'w').write('x')\nopen('/proc/self/cmdline').read()") == Loaded()
        )
        for tried in ("os.listdir('..')", "open('../other', 'w')", "open('/proc/1/cmdline')"):
            came = toy.load(f"import os\n{tried}")
            assert isinstance(came, Unloadable), (tried, came)
            assert came.reason.startswith(("PermissionError", "FileNotFoundError", "OSError")), came


def test_another_childs_folder_stays_closed(need):
    need(KERNEL)
    with closing(levels.unmeasured(KERNEL)) as place:
        folders = [str(path) for path in place._zygote(False).folder.iterdir()]
        code = TRIES_OTHERS.format(folders=folders).encode()
        job = Job(None, Path("test_toy.py"), (Source("toy", "toy.py", code),))
        for _ in range(3):
            assert place.run(job).answer == Loaded()
