"""The stock `nbgrader autograde`, judged by the engine."""

import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbgrader.api import Gradebook

BASIC = ("--isolation", "basic")
TRIPLED = {"double-solution": "def double(x):\n    return 3 * x"}


def autograde(desk, *arguments):
    return desk.nbgrader("autograde", "toy", *arguments)


def gradebook(desk):
    return Gradebook(f"sqlite:///{desk.root}/gradebook.db")


@pytest.mark.slow
def test_points_and_messages_are_the_engines(desk):
    desk.hand_in("right", desk.RIGHT)
    desk.hand_in("half", {**desk.RIGHT, **TRIPLED})
    desk.hand_in("blank")
    assert autograde(desk) == 0
    assert desk.points("right") == {"test-double": 2, "test-Tripler-apply": 3}
    assert desk.points("half") == {"test-double": 1, "test-Tripler-apply": 3}
    assert desk.points("blank") == {"test-double": 0, "test-Tripler-apply": 0}
    [output] = desk.outputs("half", "test-double")
    assert "toy / double: 1 of 2" in output.data["text/plain"]
    assert "Twice?" in output.data["text/plain"]
    assert "<pre" in output.data["text/html"]
    assert not any(row[2] for row in desk.grades().values())


def test_the_seed_is_secret_and_kept(desk):
    desk.hand_in("right", desk.RIGHT)
    autograde(desk)
    seed = (desk.root / "course.seed").read_text().strip()
    assert desk.nbgrader("generate_feedback", "toy") == 0
    written = [
        path
        for folder in ("autograded", "feedback")
        for path in (desk.root / folder).rglob("*")
        if path.is_file()
    ]
    assert {path.suffix for path in written} >= {".ipynb", ".html"}
    assert not [path for path in written if seed.encode() in path.read_bytes()]
    assert (desk.root / "course.seed").stat().st_mode & 0o077 == 0
    assert desk.graded("right").metadata["bricks"]["isolation"] == "basic"


@pytest.mark.long
def test_a_new_seed_and_a_short_one_are_announced(desk, capsys):
    desk.hand_in("right", desk.RIGHT)
    capsys.readouterr()
    notes = noted(desk)
    assert len(notes) == 1 and notes[0].startswith("New seed made: keep ")
    assert noted(desk) == []
    (desk.root / "course.seed").write_text("7")
    assert "short enough to be guessed" in noted(desk, "--force")[0]


def noted(desk, *arguments):
    """What the stock command says of the seed."""
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "toy", *arguments],
        cwd=desk.root,
        capture_output=True,
        text=True,
    )
    lines = [line for line in run.stderr.splitlines() if " seed " in line]
    return [line.partition("WARNING] ")[2] for line in lines]


def test_nothing_that_a_student_did_to_cells_hinders_grading(desk):
    def without_tests(notebook):
        notebook.cells = [
            c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade")
        ]

    def without_marks(notebook):
        for cell in notebook.cells:
            cell.metadata.pop("nbgrader", None)

    def with_copies(notebook):
        notebook.cells += [type(cell)(cell) for cell in notebook.cells[-2:]]

    def edited(notebook):
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade"):
                cell.source = "raise ValueError"

    for student, change in (
        ("no-tests", without_tests),
        ("no-marks", without_marks),
        ("copies", with_copies),
        ("edited", edited),
    ):
        desk.hand_in(student, desk.RIGHT, change=change)
    assert autograde(desk) == 0
    for student in ("no-tests", "no-marks", "copies", "edited"):
        assert desk.points(student) == {"test-double": 2, "test-Tripler-apply": 3}, student


def test_a_notebook_that_cannot_be_read_costs_nobody_else(desk):
    desk.hand_in("right", desk.RIGHT)
    desk.hand_in("broken", desk.RIGHT).write_text("{")
    assert autograde(desk) == 0
    assert desk.points("right") == {"test-double": 2, "test-Tripler-apply": 3}
    assert desk.points("broken") == {"test-double": 0, "test-Tripler-apply": 0}
    assert "broken" not in {who for (who, _), row in desk.grades().items() if row[2]}
    assert "toy.ipynb cannot be graded" in desk.graded("broken").cells[0].source


def test_marks_and_comments_by_hand_survive_regrading(desk):
    desk.hand_in("half", {**desk.RIGHT, **TRIPLED})
    autograde(desk)
    with gradebook(desk) as book:
        book.find_grade("test-double", "toy", "toy", "half").manual_score = 1.5
        book.find_comment("double-solution", "toy", "toy", "half").manual_comment = "Nearly."
        book.db.commit()
    assert autograde(desk, "--force") == 0
    assert desk.grades()["half", "test-double"] == (1, 1.5, True)
    with gradebook(desk) as book:
        assert book.find_comment("double-solution", "toy", "toy", "half").comment == "Nearly."
        assert book.find_submission("toy", "half").score == 4.5


def test_late_penalties_go_on_working(desk):
    with (desk.root / "nbgrader_config.py").open("a") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    desk.hand_in("in-time", desk.RIGHT, when="2026-01-01 10:00:00 UTC")
    desk.hand_in("late", desk.RIGHT, when="2026-01-03 10:00:00 UTC")
    with gradebook(desk) as book:
        book.update_or_create_assignment("toy", duedate="2026-01-02 10:00:00 UTC")
    assert autograde(desk) == 0
    desk.nbgrader("export")
    table = (desk.root / "grades.csv").read_text().replace('"', "").splitlines()
    by_student = {line.split(",")[3]: line for line in table if line.startswith("toy")}
    assert by_student["in-time"].endswith(",5.0,0.0,5.0,5.0")
    assert by_student["late"].endswith(",5.0,5.0,0.0,5.0")


def test_several_bricks_in_one_assignment(desk):
    for brick in ("toy", "late"):
        folder = desk.root / "source" / "week1"
        folder.mkdir(exist_ok=True)
        (desk.root / "source" / brick / f"{brick}.ipynb").rename(folder / f"{brick}.ipynb")
    assert desk.nbgrader("generate_assignment", "week1") == 0
    right = {"quadruple-solution": "def quadruple(x):\n    return double(double(x))"}
    desk.hand_in("ada", desk.RIGHT, assignment="week1")
    desk.hand_in("ada", right, brick="late", assignment="week1")
    desk.hand_in("ben", right, brick="late", assignment="week1")  # and no toy
    assert desk.nbgrader("autograde", "week1") == 0
    assert desk.points("ada") == {"test-double": 2, "test-Tripler-apply": 3, "test-quadruple": 2}
    assert desk.points("ben") == {"test-double": 0, "test-Tripler-apply": 0, "test-quadruple": 2}


def test_a_cell_that_the_engine_does_not_know_is_for_a_person(desk):
    """nbgrader alone gives full marks to a test cell without output."""
    path = desk.root / "source" / "toy" / "toy.ipynb"
    notebook = nbformat.read(path, as_version=4)
    extra = nbformat.v4.new_code_cell("assert double(1) == 2", id="extra")
    extra.metadata["nbgrader"] = {
        "grade": True, "grade_id": "extra", "locked": True, "points": 7, "schema_version": 3,
        "solution": False, "task": False,
    }  # fmt: skip
    notebook.cells.append(extra)
    nbformat.write(notebook, path)
    assert desk.nbgrader("generate_assignment", "toy", "--force") == 0
    desk.hand_in("right", desk.RIGHT)
    assert autograde(desk) == 0
    assert desk.grades()["right", "extra"] == (None, None, True)
    assert desk.points("right")["test-double"] == 2


def test_other_points_in_the_source_scale_with_what_was_reached(desk):
    path = desk.root / "source" / "toy" / "toy.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test-double":
            cell.metadata["nbgrader"]["points"] = 4  # the checks have 2
    nbformat.write(notebook, path)
    assert desk.nbgrader("generate_assignment", "toy", "--force") == 0
    desk.hand_in("right", desk.RIGHT)
    desk.hand_in("half", {**desk.RIGHT, **TRIPLED})
    assert autograde(desk) == 0
    assert desk.points("right") == {"test-double": 4, "test-Tripler-apply": 3}
    assert desk.points("half") == {"test-double": 2, "test-Tripler-apply": 3}


def test_a_fault_of_the_kit_is_a_sentence_and_no_grade(desk, capfd):
    desk.hand_in("right", desk.RIGHT)
    checks = desk.root / "exercises" / "test_toy.py"
    checks.write_text(checks.read_text().replace("rng.normal(size=3)", "rng.nothing()"))
    assert autograde(desk) == 1
    assert not desk.points("right").get("test-double")
    said = capfd.readouterr().err
    assert "The kit failed, so nothing is graded: right, toy/values: " in said
    assert "'checks'" not in said  # the whole of what was found


def test_what_was_interrupted_is_done_again(desk):
    """As a kill leaves it: the folder is there, its notebook sanitized and not judged."""
    desk.hand_in("ada", desk.RIGHT)
    desk.hand_in("ben", desk.RIGHT)
    autograde(desk)
    done = desk.root / "autograded" / "ada" / "toy" / "toy.ipynb"
    before = done.stat().st_mtime_ns
    interrupted = desk.root / "autograded" / "ben" / "toy" / "toy.ipynb"
    interrupted.chmod(0o644)
    interrupted.write_bytes((desk.root / "submitted" / "ben" / "toy" / "toy.ipynb").read_bytes())
    desk.sql("update grade set auto_score = null")
    assert autograde(desk) == 0
    assert desk.points("ben") == {"test-double": 2, "test-Tripler-apply": 3}
    assert done.stat().st_mtime_ns == before


def test_a_notebook_of_no_assignment_beside_it_does_not_look_like_an_interruption(desk):
    path = desk.hand_in("ada", desk.RIGHT)
    path.with_name("Untitled.ipynb").write_bytes(path.read_bytes())
    autograde(desk)
    done = desk.root / "autograded" / "ada" / "toy" / "toy.ipynb"
    before = done.stat().st_mtime_ns
    assert autograde(desk) == 0
    assert done.stat().st_mtime_ns == before


@pytest.mark.parametrize("in_bulk", [False, True])
def test_what_a_person_marked_is_not_opened_again_by_the_next_run(desk, in_bulk):
    desk.add_essay()
    desk.hand_in("ada", desk.RIGHT)
    desk.hand_in("ada", {"essay": "# Because"}, brick="essay", assignment="toy")

    def grade():
        return desk.bricks("autograde", "toy", *BASIC) if in_bulk else autograde(desk)

    assert grade() == 0
    with gradebook(desk) as book:  # as formgrader does it
        mark = book.find_grade("essay", "essay", "toy", "ada")
        assert mark.needs_manual_grade
        mark.manual_score, mark.needs_manual_grade = 3, False
        book.db.commit()
    assert grade() == 0
    assert desk.grades()["ada", "essay"] == (None, 3, False)


@pytest.mark.long
def test_killed_while_it_grades_the_same_command_finishes(desk):
    double = desk.RIGHT["double-solution"]
    for student in ("ada", "ben", "cleo"):
        desk.hand_in(
            student,
            {**desk.RIGHT, "double-solution": f"import time\ntime.sleep(0.4)\n{double}"},
        )
    command = [sys.executable, "-m", "nbgrader", "autograde", "toy"]
    running = subprocess.Popen(
        command, cwd=desk.root, stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not (desk.root / "autograded" / "ben").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert subprocess.run(command, cwd=desk.root, capture_output=True).returncode == 0
    for student in ("ada", "ben", "cleo"):
        assert desk.points(student) == {"test-double": 2, "test-Tripler-apply": 3}
