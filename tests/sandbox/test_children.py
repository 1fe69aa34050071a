"""Children: a clean zygote that stays as it was, and a child of its own for each job."""

import builtins
import os
import pickle
import re
import signal
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from grader.probe import Job, Loaded, Returned

if sys.platform != "linux":
    pytest.skip("the isolation of Linux", allow_module_level=True)

from grader.sandbox import levels, zygote
from grader.sandbox.confined import Confined
from grader.sandbox.levels import FULL
from grader.source import Source

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


def test_what_a_source_does_it_does_elsewhere(toy, monkeypatch):
    monkeypatch.setattr(pickle, "loads", None)
    assert toy.load("import builtins\nbuiltins.touched = True") == Loaded()
    assert not hasattr(builtins, "touched")
    assert "toy" not in sys.modules


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


def test_folders_are_used_again_and_empty(toy, wait_until):
    """They are made before a job could use up all names, and no other job knows theirs."""
    code = "import os\nprint(os.path.basename(os.getcwd()))\nopen('left', 'w')\n"
    folders = [toy.run(code + toy.RIGHT).printed.strip() for _ in range(4)]
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in folders)
    where = "import os\nprint(os.path.basename(os.getcwd()), os.listdir())\n"
    assert wait_until(lambda: toy.run(where + toy.RIGHT).printed.strip() in
                      {f"{name} []" for name in folders})  # fmt: skip


def test_the_environment_is_clean(toy, monkeypatch):
    monkeypatch.setenv("BRICKS_SECRET", "secret")
    assert toy.value("return 'BRICKS_SECRET' in os.environ") is False
    assert toy.value("return os.environ['HOME'] == os.getcwd()") is True
    with closing(Confined()) as place:  # started under the secret
        fresh = toy.at(place)
        assert fresh.value("return 'BRICKS_SECRET' in os.environ") is False


def test_numeric_libraries_have_one_thread_each(toy):
    ask_blas = (
        "import glob, numpy",
        "[path] = glob.glob(os.path.dirname(numpy.__file__) + '.libs/*openblas*')",
        "return ctypes.CDLL(path).scipy_openblas_get_num_threads64_()",
    )
    assert toy.value(*ask_blas) == 1
    variables = "'TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS'"
    assert toy.value(f"return [int(os.environ[name]) for name in ({variables})]") == [1, 1]


def test_a_zygote_that_runs_threads_does_not_fork(tmp_path):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        one = zygote.Zygote(theirs, None, None, tmp_path)
        one.native_threads = zygote.threads() + 1
        one.fork(7, 1.0, [])
        assert b"refused" in ours.recv(1000)
        assert not one.pids


@pytest.mark.long
def test_keras_trains_saves_and_predicts_and_the_zygote_stays_as_it_was(toy):
    x = np.linspace(0, 1, 16).reshape(4, 4)
    first, again = (toy.run(FIT, x, 60.0, "keras_values").answer for _ in range(2))
    assert isinstance(first, Returned), first
    assert first.values["g(x)"].shape == (4, 3)
    assert np.array_equal(first.values["g(x)"], again.values["g(x)"])


@pytest.mark.long
def test_several_keras_jobs_at_once(toy):
    x = np.linspace(0, 1, 16).reshape(4, 4)
    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(lambda _: toy.run(FIT, x, 60.0, "keras_values"), range(6)))
    assert all(isinstance(run.answer, Returned) for run in runs), runs


def test_many_jobs_at_once_each_have_their_own_answer(toy):
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda n: toy.run(toy.RIGHT, float(n)), range(40)))
    assert [run.answer.values["f(x)"].item() for run in runs] == [n + 1.0 for n in range(40)]


def test_a_zygote_outlives_the_thread_that_asked_for_it(need):
    need(FULL)
    with closing(levels.unmeasured(FULL)) as place:
        source = Source("toy", "toy.py", b"x = 1")
        thread = Thread(
            target=place.run, args=(Job(None, Path("test_toy.py"), (source,), limit=5.0),)
        )
        thread.start()
        thread.join()
        [zygote] = place._zygotes.values()
        time.sleep(0.3)
        assert not zygote.gone


def test_a_zygote_that_was_killed_is_replaced(toy, wait_until):
    toy.value("return 1")
    before = toy.zygote().pid
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: toy.zygote().gone)
    assert toy.value("return x + 1") == 2.0
    assert toy.zygote().pid != before
