"""A class is graded once: what was done is kept, whatever interrupts it, in whatever order."""

import csv
import errno
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from grader import cli
from grader.classroom.cache import Cache, in_common, key, normalised, packages
from grader.classroom.executor import Workers, in_turn
from grader.classroom.journal import Journal
from grader.classroom.session import Session
from grader.classroom.spreadsheet import as_csv
from grader.classroom.task import Task
from grader.commands import authors
from grader.course import CourseError
from grader.outcome import Passed, Unloadable
from grader.policy import Policy, Predecessors
from grader.report.check_report import CheckReport
from grader.report.codec import ReportError
from grader.report.report import Provenance, Report, Status
from grader.sandbox.levels import Measured
from grader.source import Source
from grader.submissions.find import Student
from grader.submissions.upload import Upload

PROVENANCE = Provenance("id", "basic", Predecessors.REFERENCE, False, "digits", {"numpy": "2"})


def table_in(folder):
    """The table of points without quotes, which every field has."""
    text = (folder / "grades.csv").read_text()
    assert all(re.fullmatch('"[^"]*"(,"[^"]*")*', row) for row in text.splitlines())
    return text.replace('"', "")


@pytest.mark.long
def test_grades_do_not_depend_on_order_on_others_or_on_how_many_run_at_once(toys):
    toys.grade("one", "-j", "1", "--fresh")
    toys.grade("three", "-j", "3", "--fresh")
    assert toys.results("one") == toys.results("three")
    submitted = toys.checkout.root / "submitted"
    backwards = {f"{n:03d}": path.name for n, path in enumerate(sorted(submitted.iterdir())[::-1])}
    for new, old in list(backwards.items())[::2]:  # half of the class, in the opposite order
        shutil.copytree(submitted / old, toys.checkout.root / "backwards" / new)
    toys.checkout.bricks("grade", "backwards", *toys.COMMAND[2:], "half", "-j", "2", "--fresh")
    half = {g["student"]: g for g in toys.results("half")}
    assert len(half) == (len(backwards) + 1) // 2
    for grade in toys.results("one"):
        [new] = [new for new, old in backwards.items() if old == grade["student"]]
        if new in half:
            same = {name: half[new][name] for name in grade if name not in ("student", "key")}
            assert same == {name: grade[name] for name in same}
    points = {g["student"].split("-")[0]: g["points"] for g in toys.results("one")}
    assert points == {
        "right": 2, "wrong": 1, "blank": 0, "broken": 0, "loud": 2, "leaves": 0, "none": 0,
    }  # fmt: skip


@pytest.mark.long
def test_what_one_brick_does_to_its_process_is_not_seen_by_another(toys, two_bricks):
    """Whether they are tasks of their own or not: the last students' are."""
    for n in range(4):
        toys.hand_in(f"s{n}", "import builtins\nbuiltins.len = None\n" + toys.SOLUTION, "first")
        toys.hand_in(f"s{n}", f"def f(x): return 2 * x[: len(x)] # {n}\n", "second")
    for jobs in ("1", "3"):
        toys.grade(jobs, "-j", jobs, "--fresh")
    assert toys.results("1") == toys.results("3")
    second = [grade["points"] for grade in toys.results("1") if grade["brick"] == "second"]
    assert second == [2] * 4


@pytest.mark.slow
@pytest.mark.long
def test_killed_twenty_times_it_ends_with_the_same_grades(toys):
    """With --fresh, nothing but what the command itself has done before is taken for done."""
    toys.grade("killed", "--brick", "toy")  # which counts for nothing
    toys.grade("undisturbed", "-j", "2", "--fresh")
    rng = random.Random(4)
    command = [sys.executable, "-m", "grader", *toys.COMMAND, "killed", "-j", "2", "--fresh"]
    lines = len(toys.results("undisturbed"))
    path = toys.checkout.root / "killed" / "results.jsonl"
    seen = []
    for n in range(20):
        run = subprocess.Popen(
            command, cwd=toys.checkout.root, stdout=subprocess.DEVNULL,
            env={**os.environ, "XDG_CACHE_HOME": str(toys.checkout.root / "cache")},
            start_new_session=True,
        )  # fmt: skip
        until = lines + (n + 1) * lines / 20
        while run.poll() is None and (not path.exists() or path.read_bytes().count(b"\n") < until):
            time.sleep(0.005)
        time.sleep(rng.uniform(0.0, 0.1))
        run.send_signal(signal.SIGKILL)
        run.wait()
        seen.append(path.read_bytes().count(b"\n") - lines)
    assert len({count for count in seen if 0 < count < lines}) >= 10, seen
    assert max(seen) <= lines, seen  # none was graded twice
    last = toys.again("killed", "-j", "2", "--fresh")
    assert last.returncode == 1  # four of them do not load
    assert toys.results("killed") == toys.results("undisturbed")
    table = [
        (toys.checkout.root / out / "grades.csv").read_text() for out in ("killed", "undisturbed")
    ]
    assert table[0] == table[1]


def counting(toys):
    """Makes every run of the toy's reference-free check leave a mark: how often was it graded?"""
    marks = toys.checkout.root / "marks"
    marks.mkdir()
    code = f"import tempfile\ntempfile.mkstemp(dir={str(marks)!r})\n"
    for path in (toys.checkout.root / "submitted").glob("*/toy.py"):
        path.write_text(code + path.read_text())
    return lambda: len(list(marks.iterdir()))


@pytest.mark.long
def test_nothing_is_graded_twice_but_on_demand_or_when_it_changed(toys):
    runs = counting(toys)
    first = toys.grade("a")
    once = runs()
    assert once > 0
    again = toys.grade("a")
    elsewhere = toys.grade("b")
    assert runs() == once
    assert toys.results("a") == toys.results("b")
    table = first.stdout[first.stdout.index("student") : first.stdout.index("students in")]
    assert table.rsplit(maxsplit=1)[0] in again.stdout
    assert elsewhere.returncode == first.returncode == 1
    toys.grade("a", "--fresh")
    assert runs() == 2 * once
    path = toys.checkout.root / "submitted" / "wrong-01" / "toy.py"
    path.write_text(path.read_text().replace("return x", "return 2 * x"))
    toys.grade("a")
    assert 0 < runs() - 2 * once < 10
    [changed] = [g for g in toys.results("a") if g["student"] == "wrong-01"]
    assert changed["points"] == 2


@pytest.mark.long
def test_what_was_killed_is_tried_again_by_another_run_only(toys):
    """The system may have done it, when memory ran out."""
    killed = toys.checkout.root / "submitted" / "right-00" / "toy.py"
    killed.write_text("import os\nos.kill(os.getpid(), 9)\n" + killed.read_text())
    runs = counting(toys)
    toys.grade("a")
    once = runs()
    toys.grade("a")
    assert runs() == once
    toys.grade("b")
    assert once < runs() < once + 5
    [grade] = [g for g in toys.results("b") if g["student"] == "right-00"]
    assert grade["checks"][0]["outcome"] == "crashed"
    assert grade["checks"][0]["certain"] is False


@pytest.mark.long
def test_other_checks_or_another_seed_grade_all_anew(toys):
    runs = counting(toys)
    toys.grade("a")
    once = runs()
    (toys.checkout.root / "seed").write_text("54321")
    toys.again("a")
    assert runs() == 2 * once
    checks = toys.checkout.root / "exercises" / "test_toy.py"
    checks.write_text(checks.read_text().replace("points=1", "points=2"))
    toys.again("a")
    assert runs() == 3 * once
    assert {g["maximum"] for g in toys.results("a")} == {4}
    digits = {
        f"{what}_{half}": np.zeros((20, *shape), np.uint8)
        for what, shape in (("x", (28, 28)), ("y", ()))
        for half in ("train", "test")
    }
    np.savez(toys.checkout.root / "other.npz", **digits)
    toys.again("a", "--mnist", "other.npz")
    assert runs() == 4 * once


@pytest.mark.slow
def test_a_fault_of_the_kit_is_no_grade_and_is_tried_again(toys):
    solution = toys.checkout.root / "solutions" / "toy.py"
    solution.write_text(toys.SOLUTION.replace("2 * x", "1 / 0"))
    assert toys.grade("a").returncode == 3
    table = table_in(toys.checkout.root / "a")
    assert "right-00,,\n" in table  # no points are not 0 points
    assert "blank-02,0,0\n" in table
    solution.write_text(toys.SOLUTION)
    assert toys.grade("a").returncode == 1
    assert sum(g["points"] for g in toys.results("a")) > 0


def test_a_folder_of_other_results_is_not_touched(toys):
    (toys.checkout.root / "mine").mkdir()
    (toys.checkout.root / "mine" / "results.jsonl").write_text("not ours\n")
    run = toys.grade("mine")
    assert run.returncode == 2
    assert "is not one of ours: name another folder" in run.stderr
    assert (toys.checkout.root / "mine" / "results.jsonl").read_text() == "not ours\n"


@pytest.mark.parametrize("content", ["not ours", '{"my": "results"}', '{"my": 1}\n', "x"])
def test_a_file_of_somebody_else_stays_as_it_is(tmp_path, content):
    path = tmp_path / "results.jsonl"
    path.write_text(content)
    for _ in range(2):
        with pytest.raises(CourseError, match="not one of ours"):
            Journal(tmp_path)
    assert path.read_text() == content


def test_two_gradings_do_not_write_to_one_folder(tmp_path):
    with closing(Journal(tmp_path)) as journal:
        journal.add([line("a")])
        with pytest.raises(CourseError, match="Another grading writes to"):
            Journal(tmp_path)
    Journal(tmp_path).close()


@pytest.mark.long
def test_a_cache_that_cannot_be_written_costs_no_grade(toys):
    elsewhere = toys.checkout.root / "elsewhere"
    elsewhere.write_text("no folder")
    (toys.checkout.root / "seed").write_text("12345")
    run = toys.checkout.bricks(*toys.COMMAND, "a", XDG_CACHE_HOME=str(elsewhere))
    assert run.returncode == 1, run.stderr
    toys.grade("b")
    assert toys.results("a") == toys.results("b")


def test_results_that_cannot_be_written_are_told_in_a_sentence(toys):
    (toys.checkout.root / "file").write_text("")
    run = toys.grade("file/results")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert run.stderr.startswith("bricks: ") and "Traceback" not in run.stderr


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_is_told_in_a_sentence_and_what_is_finished_is_kept(toys):
    undisturbed = toys.grade("undisturbed", "--fresh")
    results = toys.checkout.root / "undisturbed" / "results.jsonl"
    half = results.stat().st_size // 2
    full = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({half}, {half}));"
        "from grader.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", full, *toys.COMMAND, "out", "--fresh", "-j", "1"],
        cwd=toys.checkout.root, capture_output=True, text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(toys.checkout.root / "one cache")},
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stderr == (
        "bricks: out/results.jsonl cannot be written (File too large). What is finished is kept: "
        "once that is mended, the same command goes on.\n"
    )
    finished = (toys.checkout.root / "out" / "results.jsonl").read_bytes().count(b"\n")
    assert finished >= 5
    another = str(toys.checkout.root / "another cache")
    run = toys.checkout.bricks(*toys.COMMAND, "out", XDG_CACHE_HOME=another)
    assert run.returncode == undisturbed.returncode
    assert f"({finished} graded before)" in run.stdout
    assert toys.results("out") == toys.results("undisturbed")


def test_bricks_for_those_who_go_on_have_a_column_and_are_not_in_the_total(tmp_path):
    with closing(Journal(tmp_path)) as journal:
        journal.add([line("ada"), replace(line("ada"), brick="more")])
        points = line("ada").points
        journal.finish(["ada"], ["toy", "more"], {"more"})
        assert (
            journal.table.read_text().splitlines()[1] == f'"ada","{points}","{points}","{points}"'
        )
        journal.finish(["ada"], ["toy", "more"])
        assert journal.table.read_text().splitlines()[1].endswith(f'"{2 * points}"')


def test_a_table_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    with closing(Journal(tmp_path)) as journal:
        journal.add([line("ada"), line("ben")])
        journal.finish(["ada", "ben"], ["toy"])
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

        def no_room(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", no_room)
        with pytest.raises(CourseError, match=r"\(No space left on device\). What is finished"):
            journal.finish(["ada"], ["toy"])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.slow
def test_an_error_of_the_system_that_names_no_file_is_one_sentence(monkeypatch, capsys):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(authors, "course_of", full)
    assert cli.main(["build"]) == 2
    assert capsys.readouterr().err == "bricks: No space left on device.\n"


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="the isolation of Linux")
def test_checks_that_do_not_load_in_a_child_are_our_fault(toys):
    """A child reads no file of the grader: a check that wants one fails there for everybody."""
    checks = toys.checkout.root / "exercises" / "test_toy.py"
    checks.write_text("import grader.author.demo\n" + checks.read_text())
    (toys.checkout.root / "seed").write_text("12345")
    run = toys.checkout.bricks("grade", "submitted", "--seed-file", "seed", "--out", "a")
    if "gives no isolation" in run.stderr:
        pytest.skip(run.stderr)
    assert run.returncode == 3
    [right] = [g for g in toys.results("a") if g["student"] == "right-00"]
    assert {check["outcome"] for check in right["checks"]} == {"fault"}


def line(student, points=1, brick="toy"):
    right = CheckReport(f"{brick}/f", "f", points, Passed(), "f()", (), "Think.")
    return Report(student, brick, Status.GRADED, 3, PROVENANCE, (right,), key=f"k{student}")


def test_a_journal_forgets_a_line_that_was_cut_off_and_goes_on(tmp_path):
    journal = Journal(tmp_path)
    journal.add([line("b", 2)])
    journal.add([line("a", 1)])
    journal.close()
    path = tmp_path / "results.jsonl"
    whole = path.read_bytes()
    for cut in range(1, len(whole.splitlines()[1])):
        path.write_bytes(whole[:-cut])
        again = Journal(tmp_path)
        assert again.holds("b", {"toy": "kb"})
        assert not again.holds("a", {"toy": "ka"})
        again.add([line("a", 1)])
        again.finish(["a", "b"], ["toy"])
        again.close()
        assert [json.loads(text)["student"] for text in path.read_text().splitlines()] == ["a", "b"]
        assert table_in(tmp_path) == "student,toy,total\na,1,1\nb,2,2\n"


@pytest.mark.parametrize("zeros", [1, 5, 4096])
def test_nul_bytes_of_a_power_cut_are_an_interruption(tmp_path, zeros):
    with closing(Journal(tmp_path)) as journal:
        journal.add([line("b", 2)])
        journal.add([line("a", 1)])
    path = tmp_path / "results.jsonl"
    whole = path.read_bytes()
    first = len(whole.splitlines(keepends=True)[0])
    for kept in (len(whole), len(whole) - 1, first + 20, first, 0):
        path.write_bytes(whole[:kept] + b"\0" * zeros)
        with closing(Journal(tmp_path)) as again:
            assert again.holds("b", {"toy": "kb"}) is (kept >= first)
            assert again.holds("a", {"toy": "ka"}) is (kept == len(whole))
        assert b"\0" not in path.read_bytes()


def test_nul_bytes_elsewhere_are_not_ours(tmp_path):
    (tmp_path / "results.jsonl").write_bytes(b"\0\0\nnot ours\n")
    with pytest.raises(CourseError, match="not one of ours"):
        Journal(tmp_path)


NAMES = ["=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("http://x","y")', "\uff1d1", "\uff0b1"]
NAMES += ["\uff0d1", "\uff201", "\ufe661", "\u22121", " =1", "'=1", '"=1', "\u2019 =1", "\u00a0=1"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_no_formula_in_the_table(tmp_path, name):
    journal = Journal(tmp_path)
    journal.add([line(name), line("ada")])
    journal.finish([name, "ada"], ["toy"])
    with (tmp_path / "grades.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [[f"'{name}", "1", "1"], ["ada", "1", "1"]]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("ada;=1+1", "ada;'=1+1"),
        ('a";@x', "a\";'@x"),
        ("a,-1;b; +2", "a,'-1;b;' +2"),
        ("a\t=1", "a\t'=1"),
        ("Anne-Marie; Lee+", "Anne-Marie; Lee+"),
        ("o'neill@example.org", "o'neill@example.org"),
    ],
)
def test_nor_is_what_follows_another_sign_that_parts_cells(name, field):
    made = as_csv([[name, None, 3]])
    assert list(csv.reader(io.StringIO(made))) == [[field, "", "3"]]
    assert made.count('"') - 2 * name.count('"') == 6


def test_a_journal_keeps_what_is_not_asked_for_now(tmp_path):
    journal = Journal(tmp_path)
    journal.add([line("a"), line("a", brick="other")])
    journal.finish(["a"], ["toy"])
    journal.close()
    with closing(Journal(tmp_path)) as again:
        assert again.holds("a", {"toy": "ka", "other": "ka"})
        assert not again.holds("a", {"toy": "changed"})


def test_the_table_has_every_brick_that_was_ever_graded_here(tmp_path):
    """In the course's order, and nobody's total leaves a brick out without a word."""
    course = ["first", "second", "third"]
    with closing(Journal(tmp_path)) as journal:
        journal.add([line("ada", 2, "second"), line("gone", 1, "third")])
        journal.add([line("ben", 1, brick) for brick in ("first", "second")])
        journal.add([line("ada", 3, "first")])
        journal.finish(["ada", "ben"], course)
        assert table_in(tmp_path).splitlines() == [
            "student,first,second,total", "ada,3,2,5", "ben,1,1,2",
        ]  # fmt: skip
        journal.add([line("cleo", 2, "second")])
        journal.finish(["ada", "ben", "cleo"], course)
        assert table_in(tmp_path).splitlines()[-1] == "cleo,,2,"
    lines = (tmp_path / "results.jsonl").read_text().splitlines()
    assert [(g["student"], g["brick"]) for g in map(json.loads, lines)] == [
        ("ada", "first"), ("ada", "second"), ("ben", "first"), ("ben", "second"),
        ("cleo", "second"), ("gone", "third"),
    ]  # fmt: skip


@pytest.mark.slow
def test_one_brick_graded_again_leaves_the_others_in_the_table(toys, two_bricks):
    toys.hand_in("both", toys.SOLUTION)
    for brick in BOTH:
        (toys.checkout.root / "submitted" / "both" / f"{brick}.py").write_text(toys.SOLUTION)
    toys.grade("out")
    table = table_in(toys.checkout.root / "out")
    assert table == "student,first,second,total\nboth,2,2,4\n"
    toys.grade("out", "--brick", "second")
    assert table_in(toys.checkout.root / "out") == table


def test_a_journal_in_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match="is not a folder"):
        Journal(tmp_path / "file")


def test_a_cache_entry_that_is_no_longer_readable_is_made_again(tmp_path):
    cache = Cache(tmp_path)
    cache.put("abc", line("ada", points=3))
    assert cache.get("abc") == line("ada", points=3)
    assert Cache(tmp_path, fresh=True).get("abc") is None
    [file] = tmp_path.rglob("*.json")
    file.write_text('{"poi')
    assert cache.get("abc") is None
    assert cache.get("abd") is None


def keyed(course, brick="mlp", common="c", **codes):
    handed = {
        name: Source(name, f"{name}.py", code) if isinstance(code, bytes) else code
        for name, code in codes.items()
    }
    return key(common, handed, [*course.predecessors(brick), brick])


def test_a_key_knows_all_that_decides_a_grade_and_nothing_else(course):
    same = keyed(course, mlp=b"a = 1\nb = 2\n")
    assert keyed(course, mlp=b"a = 1\nb = 2") == same
    assert keyed(course, mlp=b"a = 1\r\nb = 2\r\n\r\n") == same
    others = [
        keyed(course, mlp=b"a = 1\n\nb = 2\n"),  # messages show line numbers
        keyed(course, mlp=b"a = 1\nb = 3\n"),
        keyed(course, mlp=b"a = 1\nb = 2\n", layer=b""),  # "on your own layer" says another thing
        keyed(course, mlp=b"a = 1\nb = 2\n", common="other"),
        keyed(course, mlp=Unloadable("mlp.py", "it is too large")),
        keyed(course),
    ]
    assert len({same, *others}) == len(others) + 1
    assert keyed(course, mlp=b"a = 1\nb = 2\n", cnn=b"") == same


def test_a_key_knows_the_packages_that_everything_is_computed_with(course, monkeypatch):
    before = in_common(course, 1, PROVENANCE)
    assert in_common(course, 1, PROVENANCE) == before
    monkeypatch.setattr("grader.classroom.cache.packages", lambda: ["extra 1.0"])
    assert in_common(course, 1, PROVENANCE) != before
    assert f"numpy {np.__version__}" in packages()


def test_normalising_keeps_what_the_code_does():
    assert normalised(b"x = '''a  \r\nb'''") == b"x = '''a  \nb'''\n"


@pytest.mark.parametrize("around", [b"\xef\xbb\xbf%s", b"%s\x0b", b"%s\x1a"])
def test_what_does_not_load_has_no_grade_of_what_does(around):
    loads = b"# coding: latin-1\nx = 1\n"
    compile(loads, "", "exec")
    with pytest.raises(SyntaxError):
        compile(around % loads, "", "exec")
    assert normalised(around % loads) != normalised(loads)


class Slow(Executor):
    """Counts how many tasks are under way."""

    def __init__(self):
        self.pool = ThreadPoolExecutor(50)
        self.now = self.most = 0

    def submit(self, grade_task, task):
        self.now += 1
        self.most = max(self.most, self.now)
        future = self.pool.submit(grade_task, task)
        future.add_done_callback(lambda _: setattr(self, "now", self.now - 1))
        return future


def test_only_so_many_tasks_are_under_way(course):
    executor = Slow()
    tasks = (Task(str(i), {}, ()) for i in range(100))

    def grade_task(task):
        time.sleep(0.001)
        return [task.student]

    done = {
        task.student: future.result()
        for task, future in in_turn(executor, grade_task, tasks, lambda: 7)
    }
    assert done == {str(i): [str(i)] for i in range(100)}
    assert executor.most <= 7


def test_what_fails_in_one_task_is_that_tasks_alone():
    def grade_task(task):
        raise MemoryError(task.student)

    with ThreadPoolExecutor(2) as pool:
        tasks = [Task("a", {}, ()), Task("b", {}, ())]
        failed = {t.student: f.exception() for t, f in in_turn(pool, grade_task, tasks, lambda: 2)}
    assert {str(error) for error in failed.values()} == {"a", "b"}
    assert isinstance(next(iter(failed.values())), MemoryError)


@pytest.mark.long
def test_below_kernel_it_refuses_unless_told(toys, monkeypatch):
    """A machine without Landlock: what measures it is told that there is none."""
    code = (
        "import sys; from grader.sandbox import landlock; landlock.version = lambda: 0;"
        "from grader.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    (toys.checkout.root / "seed").write_text("1")

    def run(*options):
        command = [sys.executable, "-c", code, "grade", "submitted", "--seed-file", "seed"]
        return subprocess.run(
            [*command, "--out", "out", *options], cwd=toys.checkout.root, text=True,
            capture_output=True,
        )  # fmt: skip

    refused = run()
    assert refused.returncode == 2
    assert "add --isolation basic" in refused.stderr
    demanded = run("--isolation", "kernel")
    assert demanded.returncode == 2
    assert "Landlock" in demanded.stderr
    told = run("--isolation", "basic")
    assert told.returncode == 1
    assert {grade["isolation"] for grade in toys.results("out")} == {"basic"}


BOTH = ("first", "second")


def test_the_last_students_bricks_are_tasks_of_their_own_and_journalled_together(
    two_bricks, tmp_path
):
    tasks = []

    def grade_task(task):
        tasks.append(task)
        return [line(task.student, 1, brick) for brick in task.bricks]

    grading = SimpleNamespace(course=two_bricks, policy=Policy(1), provenance=PROVENANCE)
    journal, cache = Journal(tmp_path / "out"), Cache(tmp_path / "cache")
    students = [
        Student(f"student{n}", {b: Upload(b, f"{b}.py", lambda n=n: b"%d" % n) for b in BOTH})
        for n in range(5)
    ]
    with ThreadPoolExecutor(2) as pool:
        workers = Workers(pool, grade_task, lambda: 2)
        session = Session(grading, workers, journal, cache, Measured("basic"))
        finished = list(session.grade(students, BOTH))
    assert sorted(finished) == [student.name for student in students]
    assert {(task.student, task.bricks) for task in tasks[:3]} == {
        (f"student{n}", BOTH) for n in range(3)
    }
    assert {(task.student, task.bricks) for task in tasks[3:5]} == {
        ("student3", ("second",)),
        ("student4", ("second",)),
    }
    assert {(task.student, task.bricks) for task in tasks[5:]} == {
        ("student3", ("first",)),
        ("student4", ("first",)),
    }
    lines = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").open()]
    assert [g["student"] for g in lines[::2]] == [g["student"] for g in lines[1::2]] == finished
    assert [g["brick"] for g in lines] == [*BOTH] * 5


def test_lines_of_an_older_version_are_graded_again_and_kept_until_then(tmp_path):
    old = {"student": "ada", "brick": "toy", "key": "kada", "points": 1, "status": "graded"}
    text = json.dumps({**old, "checks": [{"id": "toy/f", "points": 1, "outcome": "passed"}]})
    (tmp_path / "results.jsonl").write_text(text + "\n")
    with closing(Journal(tmp_path)) as journal:
        assert not journal.holds("ada", {"toy": "kada"})
        with pytest.raises(ReportError, match="grade again"):
            next(journal.reports(["ada"], ["toy"]))
        journal.add([line("ben", 2)])
        journal.finish(["ada", "ben"], ["toy"])
        assert table_in(tmp_path) == "student,toy,total\nada,1,1\nben,2,2\n"
        journal.add([line("ada", 3)])
        assert journal.holds("ada", {"toy": "kada"})
        assert [report.points for [report] in journal.reports(["ada", "ben"], ["toy"])] == [3, 2]
