"""The same class on a Dask cluster: the same grades, whatever becomes of its workers."""

import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from grader.classroom.cache import Cache
from grader.classroom.executor import Workers
from grader.classroom.grading import Grading, versions
from grader.classroom.journal import Journal
from grader.classroom.session import Session
from grader.classroom.task import Task
from grader.course import Course, CourseError
from grader.policy import Policy, Predecessors
from grader.report.report import Provenance, Report, Status
from grader.sandbox.levels import BASIC, KERNEL, Measured
from grader.source import Source
from grader.submissions.find import Student
from grader.submissions.upload import Upload

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("grader.cluster.dask_cluster")
config = pytest.importorskip("dask.config")
pytestmark = pytest.mark.slow

OTHER_VERSION = "import grader.cluster.dask_cluster as c\nc.engine = lambda: 'another'\n"
NO_KIT = "import sys\nsys.modules['grader'] = None\n"
KILLS = "import os\nos.kill(os.getppid(), 9)\n"  # at level basic: the worker that grades it
MEETS = """
import time
from pathlib import Path
Path("{at}", "{own}").touch()
for _ in range(20):
    if Path("{at}", "{other}").exists():
        break
    time.sleep(0.1)
time.sleep(0.3)
Path("{at}", "{own}").unlink(missing_ok=True)
"""
SLOW = "import time\ntime.sleep(1)\n"
PROVENANCE = Provenance("id", "basic", Predecessors.REFERENCE, False, "digits", versions())


@pytest.fixture
def two_workers():
    """A cluster of two workers on loopback, each in a process of its own."""
    with local(n_workers=2, processes=True) as cluster:
        yield cluster


@pytest.fixture
def one_worker():
    """A cluster of one worker on loopback, which takes two at a time and comes back from death."""
    with local(n_workers=1, threads_per_worker=2, processes=True) as cluster:
        yield cluster


@pytest.fixture
def no_worker():
    """A scheduler on loopback."""
    with local(n_workers=0) as cluster:
        yield cluster


@contextmanager
def local(threads_per_worker=1, **options):
    # LocalCluster itself ends the worker that it sees absent so long after a death.
    with (
        config.set({"distributed.deploy.lost-worker-timeout": "1h"}),
        distributed.LocalCluster(
            threads_per_worker=threads_per_worker,
            host="127.0.0.1",
            dashboard_address=None,
            **options,
        ) as cluster,
    ):
        yield cluster


@pytest.fixture
def start(no_worker, tmp_path):
    """Starts a worker of `no_worker`, which first runs the code that is given."""
    started = []

    def start(before="", wait=True, **environment):
        preload = tmp_path / f"preload{len(started)}.py"
        preload.write_text(before)
        command = [
            sys.executable, "-m", "dask", "worker", no_worker.scheduler_address,
            "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--local-directory", str(tmp_path / "scratch"), "--preload", str(preload),
        ]  # fmt: skip
        there = len(workers(no_worker))
        with (tmp_path / "workers.log").open("a") as log:
            started.append(subprocess.Popen(command, stderr=log, env={**os.environ, **environment}))
        while wait and len(workers(no_worker)) == there:
            assert started[-1].poll() is None
            time.sleep(0.1)
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def workers(cluster):
    return set(cluster.scheduler.workers)


def pids(cluster):
    return list(on_workers(cluster, os.getpid).values())


def on_workers(cluster, function):
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        return client.run(function)


def once_it_grades(toys, out, act):
    """Starts a thread that acts as soon as somebody's grades are in the journal."""
    lines = toys.checkout.root / out / "results.jsonl"

    def wait():
        while not lines.exists() or not lines.stat().st_size:
            time.sleep(0.05)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def slow_class(toys, students):
    """Some who take two seconds each, after everybody else."""
    for n in range(students):
        toys.hand_in(f"slow-{n:02d}", SLOW + toys.SOLUTION + f"\n# {n}\n")


def grade_with(toys, patience, address, out="out"):
    """The command in a process in which a cluster's absence is tolerated so many seconds."""
    code = (
        f"import sys; from grader.cluster import dask_cluster; dask_cluster.PATIENCE = {patience};"
        "from grader.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    (toys.checkout.root / "seed").write_text("12345")
    return subprocess.run(
        [sys.executable, "-c", code, *toys.COMMAND, out, "--dask", address],
        cwd=toys.checkout.root, capture_output=True, text=True, timeout=120,
        env={**os.environ, "XDG_CACHE_HOME": str(toys.checkout.root / "cache")},
    )  # fmt: skip


def only_sentence(run):
    """What the command said as it ended: one line, and no traceback."""
    assert run.returncode == 2, run.stderr
    assert "Traceback" not in run.stderr
    return run.stderr.splitlines()[-1]


@pytest.mark.long
@pytest.mark.parametrize("level", [BASIC, KERNEL])
def test_a_cluster_gives_the_same_grades(toys, two_workers, level):
    here = toys.grade("here", "--fresh", "--isolation", level)
    if level == KERNEL and here.returncode == 2:
        pytest.skip(here.stderr)
    address = two_workers.scheduler_address
    run = toys.grade("there", "--fresh", "--isolation", level, "--dask", address)
    assert run.returncode == 1, run.stderr
    assert run.stderr == ""
    assert toys.results("there") == toys.results("here")


@pytest.mark.long
def test_a_worker_that_dies_is_survived(toys, two_workers):
    toys.grade("here", "--fresh")
    [victim, _] = pids(two_workers)
    killer = once_it_grades(toys, "there", lambda: os.kill(victim, signal.SIGKILL))
    run = toys.grade("there", "--fresh", "--dask", two_workers.scheduler_address)
    killer.join()
    assert run.returncode == 1, run.stderr
    assert victim not in pids(two_workers)
    assert toys.results("there") == toys.results("here")


@pytest.mark.long
def test_what_kills_every_worker_is_given_up_and_costs_nobody_else(toys, one_worker):
    """At level basic a submission can end the process that started it: its worker.

    Its neighbour on the worker is blamed each time: the two wait for each other, not for ever.
    """
    toys.hand_in("aa-kills", MEETS.format(own="k", other="n", at=toys.checkout.root) + KILLS)
    meets = MEETS.format(own="n", other="k", at=toys.checkout.root)
    toys.hand_in("ab-right", meets + "time.sleep(1)\n" + toys.SOLUTION)
    run = toys.grade("out", "--fresh", "--dask", one_worker.scheduler_address)
    by_student = {g["student"]: g for g in toys.results("out")}
    crashed = [name for name, grade in by_student.items() if grade["status"] == "crashed"]
    assert crashed == ["aa-kills"]
    assert by_student["aa-kills"]["points"] == 0
    assert "Crashed: aa-kills, toy" in run.stdout
    assert sum(g["points"] == 2 for g in by_student.values()) == 9
    assert {g["status"] for g in by_student.values()} == {"graded", "crashed", "not usable"}


BOTH = ("first", "second")


class Blaming:
    """Marks as Dask does where killers are among others: at first everybody is blamed.

    Of bricks that are tried alone, only the killer's ends its workers.
    """

    def __init__(self, killer):
        self.killer = killer
        self.seen = set()
        self.now = 0
        self.beside_others = []

    def __call__(self, task):
        bricks = {(task.student, brick) for brick in task.bricks}
        again = bricks <= self.seen
        self.now += 1
        time.sleep(0.01)
        if again and self.now > 1:
            self.beside_others.append(task)
        self.now -= 1
        self.seen |= bricks
        if not again or self.killer in bricks:
            raise distributed.KilledWorker(task.student, None, 3)
        return [Report(task.student, brick, Status.GRADED, 2, PROVENANCE) for brick in task.bricks]


def grade_by(mark, course, tmp_path, out):
    """How each brick of 20 students ended, in a class where `mark` marks six tasks at once."""
    grading = Grading(course, Policy(1), PROVENANCE, None, date.today())
    journal, cache = Journal(tmp_path / out), Cache(tmp_path / "cache")
    students = [
        Student(f"s{n}", {b: Upload(b, f"{b}.py", lambda n=n: b"%d" % n) for b in BOTH})
        for n in range(20)
    ]
    names = [student.name for student in students]
    with ThreadPoolExecutor(6) as pool:
        workers = Workers(pool, mark, lambda: 6, ended=(distributed.KilledWorker,))
        grading = Session(grading, workers, journal, cache, Measured("basic"))
        assert sorted(grading.grade(students, BOTH)) == sorted(names)
    return {(r.student, r.brick): r.status for own in journal.reports(names, BOTH) for r in own}


def test_who_is_blamed_for_a_neighbour_is_tried_again_alone(two_bricks, tmp_path):
    mark = Blaming(killer=("s7", "second"))
    ended = grade_by(mark, two_bricks, tmp_path, "out")
    assert len(ended) == 40
    assert [who for who, status in ended.items() if status is Status.CRASHED] == [("s7", "second")]
    assert mark.beside_others == []


def test_a_crash_is_tried_again_elsewhere_but_not_by_the_same_command(two_bricks, tmp_path):
    grade_by(Blaming(killer=("s7", "second")), two_bricks, tmp_path, "out")
    harmless = Blaming(killer=None)
    assert Status.CRASHED in grade_by(harmless, two_bricks, tmp_path, "out").values()
    assert harmless.seen == set()
    assert Status.CRASHED not in grade_by(harmless, two_bricks, tmp_path, "elsewhere").values()
    assert harmless.seen == {("s7", "second")}


@pytest.mark.long
def test_workers_of_another_version_take_no_part_whenever_they_come(toys, no_worker, start):
    slow_class(toys, 8)
    toys.grade("here", "--fresh")
    first = start(OTHER_VERSION)
    start()
    late = []
    joins = once_it_grades(toys, "there", lambda: late.append(start(OTHER_VERSION, wait=False)))
    run = toys.grade("there", "--fresh", "--dask", no_worker.scheduler_address)
    joins.join()
    assert run.returncode == 1, run.stderr
    said = run.stderr.splitlines()
    assert len(said) == 2
    assert all("takes no part" in one and "another version of the kit" in one for one in said)
    assert toys.results("there") == toys.results("here")
    assert first.wait(30) == late[0].wait(30) == 0
    assert len(workers(no_worker)) == 1


@pytest.mark.long
@pytest.mark.parametrize("before", [OTHER_VERSION, NO_KIT])
def test_one_of_two_workers_can_grade(toys, no_worker, start, before):
    start(before)
    start()
    run = toys.grade("out", "--fresh", "--dask", no_worker.scheduler_address)
    assert run.returncode == 1, run.stderr
    assert "takes no part" in run.stderr
    assert "Fault" not in run.stdout


@pytest.mark.parametrize("before", [OTHER_VERSION, NO_KIT])
def test_where_no_worker_can_grade_the_command_says_so(toys, no_worker, start, before):
    worker = start(before)
    run = toys.grade("out", "--dask", no_worker.scheduler_address)
    assert only_sentence(run).startswith("bricks: No worker of the cluster can take part: ")
    assert worker.wait(30) == 0


@pytest.mark.long
def test_the_first_worker_may_come_late(toys, no_worker, start):
    joins = threading.Timer(4, start, kwargs={"wait": False})
    joins.start()
    run = toys.grade("out", "--fresh", "--dask", no_worker.scheduler_address)
    joins.join()
    assert run.returncode == 1, run.stderr
    assert run.stderr.startswith("bricks: the cluster has no worker yet: waiting ")


def test_where_no_worker_comes_the_command_ends(toys, no_worker):
    run = grade_with(toys, 2, no_worker.scheduler_address)
    assert "No worker has been there for 2 s" in only_sentence(run)


@pytest.mark.long
def test_where_the_last_worker_is_gone_the_command_ends_and_goes_on_later(toys, no_worker, start):
    slow_class(toys, 4)
    toys.grade("here", "--fresh")
    worker = start()
    killer = once_it_grades(toys, "there", worker.kill)
    run = grade_with(toys, 2, no_worker.scheduler_address, "there")
    killer.join()
    assert "No worker has been there for 2 s" in only_sentence(run)
    start()
    assert grade_with(toys, 60, no_worker.scheduler_address, "there").returncode == 1
    assert toys.results("there") == toys.results("here")


def test_a_scheduler_that_ends_is_told_in_a_sentence(toys, no_worker, start):
    slow_class(toys, 4)
    start()
    ends = once_it_grades(toys, "out", no_worker.close)
    run = toys.grade("out", "--fresh", "--dask", no_worker.scheduler_address)
    ends.join()
    assert "the same command goes on" in only_sentence(run)


@pytest.fixture
def grading(toys):
    return Grading(Course(toys.checkout.root), Policy(1), PROVENANCE, None, date.today())


def test_dask_logs_no_traceback_beside_the_sentence(no_worker, start, grading):
    """Which part of Dask meets a broken connection first depends on who was about to write."""
    start()
    with dask.cluster(no_worker.scheduler_address, grading):
        for part in ("batched", "client", "comm.tcp", "core"):
            assert not logging.getLogger(f"distributed.{part}").isEnabledFor(logging.ERROR)


@pytest.mark.parametrize(
    "before, why",
    [
        ("from grader.sandbox import landlock as l\nl.version = lambda: 0\n", "Landlock"),
        ("import grader.cluster.dask_cluster as c\nc.versions = lambda: {'numpy': '9'}\n", "'9'"),
    ],
)
def test_less_isolation_or_other_packages_take_no_part(no_worker, start, grading, before, why):
    grading.provenance = replace(PROVENANCE, isolation="kernel")
    worker = start(before)
    with (
        pytest.raises(CourseError, match=f"No worker of the cluster can take part: .*{why}"),
        dask.cluster(no_worker.scheduler_address, grading),
    ):
        pass
    assert worker.wait(30) == 0


TASK = Task("ada", {}, ("toy",))
RIGHT = Source("toy", "toy.py", b"def f(x): return 2 * x")
HANDED_IN = Task("ben", {"toy": RIGHT}, ("toy",))


def test_as_many_are_under_way_as_the_cluster_has_cores_for(no_worker, start, grading):
    start()
    with dask.cluster(no_worker.scheduler_address, grading) as crew:
        assert crew.at_once() == dask.TASKS_PER_CORE
        start()
        time.sleep(dask.LOOK_AGAIN)
        assert crew.at_once() == 2 * dask.TASKS_PER_CORE


def state(dask_worker):
    """The worker's plugins of ours, and the digits that it grades on."""
    found = [name for name in dask_worker.plugins if "bricks" in name]
    return found, os.environ.get("BRICKS_MNIST"), list(Path(dask_worker.local_directory).iterdir())


@pytest.mark.parametrize("theirs", [{}, {"BRICKS_MNIST": "/their/own.npz"}])
def test_nothing_stays_on_a_worker(no_worker, start, grading, tmp_path, monkeypatch, theirs):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    start(TMPDIR=str(temporary), **theirs)
    before = on_workers(no_worker, state)
    mine = tmp_path / "mine.npz"
    mine.write_bytes(b"digits")
    for named in (str(mine), ""):
        monkeypatch.setenv("BRICKS_MNIST", named)
        with dask.cluster(no_worker.scheduler_address, grading) as crew:
            [(plugins, digits, _)] = on_workers(no_worker, state).values()
            assert plugins == ["bricks"]
            assert (Path(digits).read_bytes() == b"digits") if named else digits is None
            reports = crew.executor.submit(crew.grade_task, TASK).result()
            assert [report.status for report in reports] == [Status.NOT_HANDED_IN]
            [judged] = crew.executor.submit(crew.grade_task, HANDED_IN).result()
            assert judged.status is Status.GRADED
        assert on_workers(no_worker, state) == before
        assert list(temporary.glob("bricks-*")) == []
    assert "bricks" not in no_worker.scheduler.worker_plugins


LEAVES = """
import os
from pathlib import Path
Path("left here.txt").write_text("words of a student")
Path("-rf ~").touch()
os.makedirs("deep/er")
os.symlink("/etc/passwd", "link")
"""


def test_nothing_of_a_student_stays_on_a_worker_nor_at_the_scheduler(
    no_worker, start, grading, tmp_path
):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    start(TMPDIR=str(scratch))
    grading.provenance = replace(PROVENANCE, isolation="kernel")

    def files():
        return sorted(path for path in scratch.rglob("*") if not path.is_dir() or path.is_symlink())

    before = files()
    handed = {"toy": Source("toy", "../../../escaped.py", LEAVES.encode())}
    with dask.cluster(no_worker.scheduler_address, grading) as crew:
        [report] = crew.executor.submit(crew.grade_task, Task("../ben", handed, ("toy",))).result()
        assert (report.student, report.status) == ("../ben", Status.GRADED)
        assert report.points == 0
    assert files() == before  # empty folders of its own interpreters go when the worker ends
    assert not [path for path in tmp_path.rglob("*") if path.name in ("escaped.py", "ben")]
    assert dict(no_worker.scheduler.tasks) == {}
    [(plugins, _, _)] = on_workers(no_worker, state).values()
    assert plugins == []


def test_a_second_grading_ends_the_first_and_never_grades_for_it(no_worker, start, grading):
    start()
    address = no_worker.scheduler_address
    with ExitStack() as second:

        def first():
            with dask.cluster(address, grading) as crew:
                second.others = second.enter_context(dask.cluster(address, grading))
                crew.executor.submit(crew.grade_task, TASK).result()

        with pytest.raises(CourseError, match="Another grading has taken this cluster"):
            first()
        others = second.others
        assert others.executor.submit(others.grade_task, TASK).result()


def test_a_worker_without_the_kit_that_comes_later_takes_no_part(no_worker, start, grading):
    start()
    with dask.cluster(no_worker.scheduler_address, grading) as crew:
        start(NO_KIT, wait=False).wait(30)
        assert crew.executor.submit(crew.grade_task, TASK).result()
        assert len(workers(no_worker)) == 1


@pytest.mark.long
def test_a_scheduler_that_does_not_answer_is_told_in_a_sentence(toys):
    began = time.monotonic()
    run = toys.grade("out", "--dask", "tcp://127.0.0.1:9")
    assert time.monotonic() - began < 20
    assert run.returncode == 2
    assert run.stderr.startswith("bricks: No Dask scheduler answers at tcp://127.0.0.1:9")
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize("says", [b"", b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", b"\0" * 99])
def test_what_is_no_scheduler_is_told_in_a_sentence(grading, monkeypatch, capsys, says):
    monkeypatch.setattr(dask, "CONNECT_LIMIT", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def answer():
            with suppress(OSError):  # closed
                while True:
                    kept.append(server.accept()[0])
                    kept[-1].sendall(says)

        kept = []
        threading.Thread(target=answer, daemon=True).start()
        began = time.monotonic()
        with (
            pytest.raises(CourseError, match=f"No Dask scheduler answers at {address} "),
            dask.cluster(address, grading),
        ):
            pass
        assert time.monotonic() - began < 5
        server.shutdown(socket.SHUT_RDWR)
        for one in kept:
            one.close()
    gc.collect()
    assert capsys.readouterr().err == ""


def test_without_dask_the_command_says_what_to_install(toys):
    code = (
        "import sys; sys.modules['distributed'] = None;"
        "from grader.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    (toys.checkout.root / "seed").write_text("12345")
    run = subprocess.run(
        [sys.executable, "-c", code, *toys.COMMAND, "out", "--dask", "tcp://127.0.0.1:9"],
        cwd=toys.checkout.root, capture_output=True, text=True,
    )  # fmt: skip
    assert "pip install 'bricks[dask]'" in only_sentence(run)
