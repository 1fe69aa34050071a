"""`bricks autograde`: the class at once, with the same rows and files as nbgrader's own command."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.slow

WORKS = {
    "right": "def double(x):\n    return 2 * x",
    "wrong": "def double(x):\n    return 3 * x",
    "syntax": "def double(x:\n",
    "raises": "def double(x):\n    raise KeyError('<b>')",
    "ends": "import os\nos._exit(0)",
    "a name": "def double(x):\n    return [x] * 2",
}
BAD = {
    "empty": b"",
    "cut-off": b"{",
    "a-list": b"[]",
    "text": b"value = 1\n",
    "binary": bytes(range(256)),
    "no-cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "bad-cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}',
    "half-a-character": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"id": '
    b'"a", "cell_type": "code", "metadata": {}, "source": "\\ud800"}]}',
    "of-the-future": b'{"nbformat": 9, "nbformat_minor": 5, "metadata": {}, "cells": []}',
}
TABLES = {
    "student": "select id from student",
    "submitted_assignment": "select student_id, timestamp from submitted_assignment",
    "submitted_notebook": "select late_submission_penalty from submitted_notebook",
    "grade": "select sa.student_id, bc.name, g.auto_score, g.manual_score, g.extra_credit,"
    " g.needs_manual_grade from grade g join base_cell bc on g.cell_id = bc.id"
    " join submitted_notebook sn on g.notebook_id = sn.id"
    " join submitted_assignment sa on sn.assignment_id = sa.id",
    "comment": "select sa.student_id, bc.name, c.auto_comment, c.manual_comment"
    " from comment c join base_cell bc on c.cell_id = bc.id"
    " join submitted_notebook sn on c.notebook_id = sn.id"
    " join submitted_assignment sa on sn.assignment_id = sa.id",
}
OPTIONS = ("--isolation", "basic", "-j", "2")


def tables(desk):
    return {name: sorted(desk.sql(query), key=repr) for name, query in TABLES.items()}


def files(desk):
    root = desk.root / "autograded"
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def hand_in_all(desk):
    for student, code in WORKS.items():
        cells = {**desk.RIGHT, "double-solution": code}
        desk.hand_in(student, cells, when="2026-01-03 10:00:00 UTC")
        (desk.root / "submitted" / student / "toy" / "notes.txt").write_text("mine")
    locked = desk.hand_in("locks-own-cell", desk.RIGHT, change=lock)
    assert locked.exists()


def lock(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.metadata["nbgrader"].update(solution=False, locked=True)


@pytest.mark.slow
def test_rows_and_files_are_those_of_the_stock_command(desk, tmp_path):
    hand_in_all(desk)
    (desk.root / "course.seed").write_text("12345")
    other = type(desk)(tmp_path / "other")
    shutil.copytree(desk.root, other.root)
    assert desk.bricks("autograde", "toy", *OPTIONS) == 0
    assert other.nbgrader("autograde", "toy") == 0
    assert tables(desk) == tables(other)
    assert files(desk) == files(other)
    assert desk.points("right") == {"test-double": 2, "test-Tripler-apply": 3}
    assert (desk.root / "results" / "nbgrader" / "results.jsonl").is_file()
    assert desk.nbgrader("generate_feedback", "toy") == 0
    assert desk.nbgrader("export") == 0
    assert len((desk.root / "grades.csv").read_text().splitlines()) > len(WORKS)


def test_what_is_graded_is_not_graded_again(desk, capsys):
    hand_in_all(desk)
    desk.bricks("autograde", "toy", *OPTIONS)
    before = files(desk)
    capsys.readouterr()
    assert desk.bricks("autograde", "toy", *OPTIONS) == 0
    assert "toy: 0 graded now, 7 were already." in capsys.readouterr().out
    assert files(desk) == before
    desk.hand_in("right", when="2026-01-04 10:00:00 UTC")  # handed in again, blank
    assert desk.bricks("autograde", "toy", *OPTIONS) == 0
    assert "toy: 1 graded now, 6 were already." in capsys.readouterr().out
    assert desk.points("right") == {"test-double": 0, "test-Tripler-apply": 0}


@pytest.mark.long
def test_several_assignments_in_one_command_are_graded_as_one_by_one(desk, tmp_path, capsys):
    fourfold = {"quadruple-solution": "def quadruple(x):\n    return 4 * x"}
    for student in ("ada", "ben"):
        desk.hand_in(student, desk.RIGHT)
        desk.hand_in(student, fourfold if student == "ada" else None, brick="late")
    other = type(desk)(tmp_path / "other")
    shutil.copytree(desk.root, other.root)
    assert desk.bricks("autograde", "toy", "late", *OPTIONS) == 0
    said = capsys.readouterr().out
    assert "toy: 2 graded now" in said and "late: 2 graded now" in said
    assert [other.bricks("autograde", name, *OPTIONS) for name in ("toy", "late")] == [0, 0]
    assert desk.grades() == other.grades()
    assert desk.points("ada")["test-quadruple"] == 2
    assert desk.points("ben")["test-quadruple"] == 0
    assert desk.bricks("autograde", "toy", "nonsense", *OPTIONS) == 2


@pytest.mark.long
def test_marks_by_hand_survive(desk):
    hand_in_all(desk)
    desk.bricks("autograde", "toy", *OPTIONS)
    desk.sql("update grade set manual_score = 1.5")
    assert desk.bricks("autograde", "toy", "--force", *OPTIONS) == 0
    assert {row[1:] for row in desk.grades().values()} == {(1.5, 1)}


@pytest.mark.long
def test_what_cannot_be_used_is_named_once_in_a_line_and_the_rest_graded(desk, capsys):
    hand_in_all(desk)
    for student, content in BAD.items():
        desk.hand_in(student).write_bytes(content)
    capsys.readouterr()
    assert desk.bricks("autograde", "toy", *OPTIONS) == 1
    said = capsys.readouterr()
    assert said.err == ""
    for student in BAD:
        lines = [line for line in said.out.splitlines() if student in line]
        [line] = [line for line in lines if line.startswith(f"{student}: ")]
        assert line.startswith(f"{student}: toy.ipynb does not load: ")
        assert desk.points(student) == {"test-double": 0, "test-Tripler-apply": 0}
    assert f"toy: {7 + len(BAD)} graded now, 0 were already." in said.out
    assert desk.points("right") == {"test-double": 2, "test-Tripler-apply": 3}


def test_what_does_not_load_is_named_and_tells_by_the_exit_status(desk, capsys):
    desk.hand_in("right", desk.RIGHT)
    desk.hand_in("much", {**desk.RIGHT, "double-solution": "#" * 1_100_000})
    assert desk.bricks("autograde", "toy", *OPTIONS) == 1
    assert "much: toy.ipynb does not load: " in capsys.readouterr().out
    assert desk.points("much") == {"test-double": 0, "test-Tripler-apply": 0}


@pytest.mark.slow
def test_an_assignment_that_was_not_generated_is_said_once(desk, capsys):
    hand_in_all(desk)
    (desk.root / "gradebook.db").unlink()
    capsys.readouterr()
    assert desk.bricks("autograde", "toy", *OPTIONS) == 2
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert "`nbgrader generate_assignment toy`" in said.err
    assert not (desk.root / "autograded").exists()


def test_without_our_settings_nothing_is_graded(desk, capsys):
    """nbgrader only logs what is wrong there, and would run students' code in a kernel."""
    desk.hand_in("ada", desk.RIGHT)
    with (desk.root / "nbgrader_config.py").open("a") as config:
        config.write("\nx = (\n")
    assert desk.bricks("autograde", "toy", *OPTIONS) == 2
    said = capsys.readouterr().err
    assert "SyntaxError" in said
    assert "grader.desk.preprocessors.Judge" in said.splitlines()[-1]
    assert not (desk.root / "autograded").exists()


@pytest.mark.long
def test_to_grade_all_again_says_no_more_than_the_first_time(desk, capsys):
    hand_in_all(desk)
    (desk.root / "course.seed").write_text("9" * 30)  # one that is made is announced
    desk.bricks("autograde", "toy", *OPTIONS)
    first = capsys.readouterr()
    desk.bricks("autograde", "toy", "--force", *OPTIONS)
    assert capsys.readouterr() == first


def test_only_notebooks_of_the_assignment_count(desk, capsys):
    """nbgrader skips others: one student's stray copy is no reason to grade a brick for all."""
    desk.hand_in("ada", desk.RIGHT)
    desk.hand_in("ada", brick="late", assignment="toy", of="late")
    desk.hand_in("ben", desk.RIGHT)
    desk.hand_in("cleo", brick="late", assignment="toy", of="late")
    assert desk.bricks("autograde", "toy", *OPTIONS) == 1
    assert "Not graded: cleo: there is no toy.ipynb" in capsys.readouterr().out
    lines = (desk.root / "results" / "nbgrader" / "results.jsonl").read_text().splitlines()
    assert {json.loads(line)["brick"] for line in lines} == {"toy"}
    assert desk.bricks("autograde", "toy", *OPTIONS) == 1
    assert "toy: 0 graded now, 2 were already." in capsys.readouterr().out


def test_a_notebook_that_is_no_brick_is_left_to_a_person_and_said_once(desk, capsys):
    desk.add_essay()
    for student in ("ada", "ben"):
        desk.hand_in(student, desk.RIGHT)
        desk.hand_in(student, {"essay": "# Because"}, brick="essay", assignment="toy")
    capsys.readouterr()
    assert desk.bricks("autograde", "toy", *OPTIONS) == 0
    said = capsys.readouterr()
    assert said.out.count("essay.ipynb is no brick of the course: grade it by hand.") == 1
    assert said.err == ""


@pytest.mark.slow
def test_a_fault_of_the_kit_changes_no_grade_and_is_said(desk):
    hand_in_all(desk)
    desk.bricks("autograde", "toy", *OPTIONS)
    before = tables(desk), files(desk)
    solution = desk.root / "solutions" / "toy.py"
    solution.write_text(solution.read_text().replace("return 2 * x", "raise RuntimeError"))
    command = [sys.executable, "-m", "grader", "autograde", "toy", "--force", *OPTIONS]
    again = subprocess.run(command, cwd=desk.root, capture_output=True, text=True)
    assert again.returncode == 3, again.stderr
    assert "Fault of the kit, not graded: right, toy/values: " in again.stdout
    assert (tables(desk), files(desk)) == before


def test_an_assignment_that_nobody_handed_in_is_said(desk, capsys):
    assert desk.bricks("autograde", "toy", *OPTIONS) == 2
    assert "toy" in capsys.readouterr().err


@pytest.mark.long
def test_killed_midway_the_same_command_finishes_with_the_same_grades(desk, tmp_path):
    slow = "import time\ntime.sleep(0.3)\n"
    for i, code in enumerate(list(WORKS.values())[:2] * 4):
        cells = {**desk.RIGHT, "double-solution": slow + code}
        desk.hand_in(f"student-{i}", cells)
    (desk.root / "course.seed").write_text("12345")
    other = type(desk)(tmp_path / "other")
    shutil.copytree(desk.root, other.root)
    command = [sys.executable, "-m", "grader", "autograde", "toy", *OPTIONS]
    running = subprocess.Popen(command, cwd=desk.root, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list(desk.root.glob("autograded/*/toy/toy.ipynb")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert len(list(desk.root.glob("autograded/*"))) < 8
    again = subprocess.run(command, cwd=desk.root, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert other.bricks("autograde", "toy", *OPTIONS) == 0
    assert tables(desk) == tables(other)
    assert files(desk) == files(other)


def test_a_folder_that_nbgrader_takes_for_a_pattern_is_named_and_the_rest_graded(desk, capsys):
    for student in ("a*b", "axb", "Jo [1]", " ada", ".ben"):
        desk.hand_in(student, desk.RIGHT)
    assert desk.bricks("autograde", "toy", *OPTIONS) == 1
    said = " ".join(capsys.readouterr().out.split())
    for student in ("a*b", "Jo [1]", " ada", ".ben"):
        assert f"Not graded: {student.strip()}" in said
    assert "toy: 1 graded now, 0 were already." in said
    assert desk.points("axb") == {"test-double": 2, "test-Tripler-apply": 3}
    (desk.root / "submitted" / "axb").rename(desk.root / "submitted" / "c*d")
    assert desk.bricks("autograde", "toy", *OPTIONS) == 1
