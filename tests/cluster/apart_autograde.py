"""`bricks autograde --dask`: the same rows and files, judged on a cluster's workers.

test_autograde.py runs these tests in a pytest of their own.
"""

import os
import shutil

import pytest

distributed = pytest.importorskip("distributed")
config = pytest.importorskip("dask.config")
pytestmark = pytest.mark.slow


def test_a_cluster_gives_the_same_gradebook_and_a_crash_is_no_points(desk, tmp_path, capsys):
    desk.hand_in("ada", desk.RIGHT)
    desk.hand_in("ben", {**desk.RIGHT, "double-solution": "def double(x):\n    return 3 * x"})
    (desk.root / "course.seed").write_text("12345")
    here = type(desk)(tmp_path / "here")
    shutil.copytree(desk.root, here.root)
    kills = "import os\nos.kill(os.getppid(), 9)"  # at level basic: the worker that grades it
    desk.hand_in("cleo", {**desk.RIGHT, "double-solution": kills})
    with (
        config.set({"distributed.deploy.lost-worker-timeout": "1h"}),  # it starts them again
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
    ):
        options = ("--isolation", "basic", "--dask", cluster.scheduler_address)
        assert desk.bricks("autograde", "toy", *options) == 1  # a crash is told so, too
    assert here.bricks("autograde", "toy", "--isolation", "basic") == 0
    assert {who: row for who, row in desk.grades().items() if who[0] != "cleo"} == here.grades()
    assert desk.points("cleo") == {"test-double": 0, "test-Tripler-apply": 0}
    [shown] = desk.outputs("cleo", "test-double")
    assert "it ended the process that graded it, each time" in shown.data["text/plain"]
    assert "Crashed: cleo, toy: it ended the process" in capsys.readouterr().out


def test_nothing_beside_a_notebook_is_carried_out_by_a_cluster(desk):
    secret = desk.root / "course.secret"
    secret.write_text("words that no student may see")
    folder = desk.hand_in("eve", desk.RIGHT).parent
    (folder / "notes.txt").write_text("kept")
    (folder / "data.csv").symlink_to(secret)
    os.link(secret, folder / "more.csv")
    os.mkfifo(folder / "timestamp.txt")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        options = ("--isolation", "basic", "--dask", cluster.scheduler_address)
        assert desk.bricks("autograde", "toy", *options) == 0
    assert desk.points("eve") == {"test-double": 2, "test-Tripler-apply": 3}
    graded = desk.root / "autograded" / "eve" / "toy"
    assert sorted(path.name for path in graded.iterdir()) == ["notes.txt", "toy.ipynb"]
