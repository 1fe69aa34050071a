"""Files beside a notebook: what stays out of autograded/, and out of the student's feedback/."""

import os
import subprocess
import sys

import pytest
from nbgrader.apps import NbGrader, NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import chdir

POINTS = {"test-double": 2, "test-Tripler-apply": 3}


@pytest.mark.long
@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_it_is_left_out_and_the_notebook_is_graded(course, command, plant, grade, names, secrets):
    folder = course.hand_in("eve", course.RIGHT).parent
    (folder / "notes.txt").write_text("kept")
    plant(folder, course.root)
    assert grade(command) == 0
    assert course.points("eve") == POINTS
    graded = course.root / "autograded" / "eve" / "toy"
    assert names(graded) == {"toy.ipynb", "notes.txt"}
    assert (graded / "notes.txt").read_text() == "kept"
    assert course.nbgrader("generate_feedback", "toy") == 0
    assert names(course.root / "feedback" / "eve" / "toy") == {"toy.html"}
    assert not secrets(course.root / "autograded", course.root / "feedback")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_a_sentence_names_what_was_left_out_and_why(course, command, capfd, grade):
    folder = course.hand_in("eve", course.RIGHT).parent
    (folder / "data.csv").symlink_to(course.root / "course.secret")
    (folder / "page.html").write_text("<p>")
    with (folder / "big.bin").open("wb") as file:
        file.truncate(300_000_000)
    fifo_at = folder / "pipe\x1b[2J"
    os.mkfifo(fifo_at)
    if command == "bricks":
        grade(command)
        said = " ".join(capfd.readouterr().out.split())
    else:
        ran = subprocess.run(
            [sys.executable, "-m", "nbgrader", "autograde", "toy"],
            cwd=course.root, capture_output=True, text=True, check=True,
        )  # fmt: skip
        said = ran.stderr
    assert (
        "eve: left out: big.bin (it has 300,000,000 bytes, and may have 10,000,000), data.csv (it "
        "is a link), page.html (it is a page that a browser would run) and 1 more."
    ) in said
    assert "\x1b" not in said


def test_a_file_of_many_bytes_costs_only_those_that_are_written(course, grade):
    folder = course.hand_in("eve", course.RIGHT).parent
    for n in range(9):  # more than all files may have together
        with (folder / f"{n}.bin").open("wb") as file:
            file.truncate(9_000_000)
            file.write(b"begin")
            file.seek(8_999_997)
            file.write(b"end")
    assert grade("nbgrader") == 0
    graded = course.root / "autograded" / "eve" / "toy"
    copied = sorted(graded.glob("*.bin"))
    assert [path.name for path in copied] == [f"{n}.bin" for n in range(5)]
    for path in copied:
        assert path.read_bytes() == (folder / path.name).read_bytes()
    assert sum(path.stat().st_blocks * 512 for path in copied) < 2_000_000


def test_a_thousand_files_are_copied_and_no_more(course, grade, names):
    folder = course.hand_in("eve", course.RIGHT).parent
    for n in range(1_200):
        (folder / f"{n}.txt").touch()
    assert grade("nbgrader") == 0
    assert course.points("eve") == POINTS
    assert len(names(course.root / "autograded" / "eve" / "toy")) == 1_001  # and the notebook


def test_names_of_one_file_inside_the_submission_are_copied(course, grade, names):
    folder = course.hand_in("eve", course.RIGHT).parent
    (folder / "a.csv").write_text("1,2")
    (folder / "data").mkdir()
    os.link(folder / "a.csv", folder / "data" / "b.csv")
    assert grade("nbgrader") == 0
    graded = course.root / "autograded" / "eve" / "toy"
    assert names(graded) == {"toy.ipynb", "a.csv", "data/b.csv"}
    assert {(graded / name).stat().st_nlink for name in ("a.csv", "data/b.csv")} == {1}


@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_a_notebook_that_a_backup_has_linked_is_graded(course, command, grade):
    notebook = course.hand_in("ada", course.RIGHT)
    os.link(notebook, course.root / "backup")
    assert grade(command) == 0
    assert course.points("ada") == POINTS
    graded = course.root / "autograded" / "ada" / "toy" / "toy.ipynb"
    assert graded.stat().st_ino != notebook.stat().st_ino


def test_files_of_the_source_are_still_put_beside_the_notebook(course, grade, names):
    (course.root / "source" / "toy" / "data.csv").write_text("master")
    folder = course.hand_in("eve", course.RIGHT).parent
    (folder / "data.csv").symlink_to(course.root / "course.secret")
    (course.hand_in("ada", course.RIGHT).parent / "data.csv").write_text("changed")
    assert grade("nbgrader") == 0
    for student in ("ada", "eve"):
        graded = course.root / "autograded" / student / "toy"
        assert (graded / "data.csv").read_text() == "master"
    assert course.nbgrader("generate_feedback", "toy") == 0
    assert names(course.root / "feedback") == {"ada/toy/toy.html", "eve/toy/toy.html"}


def test_a_hook_in_the_configuration_is_called_too(course, grade, names):
    course.set(
        "def hook(assignment, student, notebooks):\n"
        "    from pathlib import Path\n"
        "    Path('hooked').write_text(notebooks[0])\n"
        "c.Autograde.pre_convert_hook = hook\n"
    )
    folder = course.hand_in("eve", course.RIGHT).parent
    (folder / "data.csv").symlink_to(course.root / "course.secret")
    assert grade("nbgrader") == 0
    assert (course.root / "hooked").read_text() == str(folder / "toy.ipynb")
    assert names(course.root / "autograded" / "eve" / "toy") == {"toy.ipynb"}


# Timestamps

WHEN = "2026-01-02 10:00:00 UTC"


def no_time(path, root):
    path.write_text("yesterday evening")


def not_text(path, root):
    path.write_bytes(b"\xff\xfe\x00")


def link_to_a_secret(path, root):
    path.symlink_to(root / "course.secret")


def link_to_a_time(path, root):
    (root / "time").write_text(WHEN)
    path.symlink_to(root / "time")


def pipe(path, root):
    os.mkfifo(path)


def large(path, root):
    path.write_text(WHEN + " " * 10_000)


def a_folder(path, root):
    path.mkdir()


@pytest.mark.parametrize(
    "bad", [no_time, not_text, link_to_a_secret, link_to_a_time, pipe, large, a_folder]
)
@pytest.mark.long
@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_a_timestamp_that_is_none_stops_nobody_and_is_not_copied(
    course, command, bad, grade, names, secrets
):
    course.hand_in("ada", course.RIGHT, when=WHEN)
    for student in ("eve", "zoe"):
        course.hand_in(student, course.RIGHT)
    folder = course.root / "submitted" / "eve" / "toy"
    bad(folder / "timestamp.txt", course.root)
    for _ in range(2):  # the second run compares timestamps
        assert grade(command) == 0
    assert all(course.points(student) == POINTS for student in ("ada", "eve", "zoe"))
    assert not (course.root / "autograded" / "eve" / "toy" / "timestamp.txt").exists()
    assert (course.root / "autograded" / "ada" / "toy" / "timestamp.txt").read_text() == WHEN
    assert os.path.lexists(folder / "timestamp.txt.unusable")  # evidence stays where it was
    assert course.nbgrader("generate_feedback", "toy") == 0
    assert not secrets(course.root / "autograded", course.root / "feedback")
    assert names(course.root / "feedback") - {"ada/toy/submission_secret.txt"} == {
        "ada/toy/toy.html", "ada/toy/timestamp.txt", "eve/toy/toy.html", "zoe/toy/toy.html",
    }  # fmt: skip


def test_timestamps_in_other_places_and_spellings_are_not_copied(course, grade, names):
    folder = course.hand_in("eve", course.RIGHT, when=WHEN).parent
    (folder / "data").mkdir()
    (folder / "data" / "timestamp.txt").write_text(WHEN)
    (folder / "Timestamp.TXT").write_text(WHEN)
    assert grade("nbgrader") == 0
    assert names(course.root / "autograded" / "eve") == {"toy/toy.ipynb", "toy/timestamp.txt"}


def test_nothing_planted_in_autograded_goes_into_feedback(course, grade, names, secrets):
    """As an earlier version of the kit left it."""
    course.hand_in("eve", course.RIGHT, when=WHEN)
    assert grade("nbgrader") == 0
    graded = course.root / "autograded" / "eve" / "toy"
    (graded / "data.csv").symlink_to(course.root / "course.secret")
    (graded / "other.html").write_bytes((course.root / "course.secret").read_bytes())
    (graded / "submission_secret.txt").unlink(missing_ok=True)
    (graded / "submission_secret.txt").symlink_to(course.root / "course.secret")
    assert course.nbgrader("generate_feedback", "toy") == 0
    found = names(course.root / "feedback" / "eve") - {"toy/submission_secret.txt"}
    assert found == {"toy/toy.html", "toy/timestamp.txt"}
    assert not secrets(course.root / "feedback")


def test_formgrader_copies_by_the_same_rule(course, names, secrets):
    """It keeps one `coursedir` for all that it does; the settings are those of the folder."""
    course.hand_in("ada", course.RIGHT)
    folder = course.hand_in("eve", course.RIGHT, when=WHEN).parent
    (folder / "data.csv").symlink_to(course.root / "course.secret")
    (folder / "notes.txt").write_text("kept")
    (folder / "data").mkdir()
    (folder / "data" / "submission_secret.txt").write_text("none")
    with chdir(str(course.root)):
        app = NbGrader()
        app.initialize([])
        coursedir = CourseDirectory(parent=app)
        before = len(coursedir.ignore)
        api = NbGraderAPI(coursedir, parent=app)
        for student in ("eve", "ada", "eve"):
            assert api.autograde("toy", student)["success"]
            assert api.generate_feedback("toy", student)["success"]
    assert len(coursedir.ignore) <= before + 1
    graded = names(course.root / "autograded" / "eve" / "toy")
    assert graded == {"toy.ipynb", "timestamp.txt", "notes.txt", "data/submission_secret.txt"}
    found = names(course.root / "feedback" / "eve") - {"toy/submission_secret.txt"}
    assert found == {"toy/toy.html", "toy/timestamp.txt"}
    assert not secrets(course.root / "autograded", course.root / "feedback")
