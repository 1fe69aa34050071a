"""A notebook that is none of the student's: no command reads or writes through it."""

import os

import pytest

from grader.course import Course
from grader.desk.submitted import uploads_in

POINTS = {"test-double": 2, "test-Tripler-apply": 3}
SOLUTION = "source/toy/toy.ipynb"


def a_link(path, root):
    path.symlink_to(root / SOLUTION)


def a_hard_link(path, root):
    os.link(root / SOLUTION, path)


def a_pipe(path, root):
    os.mkfifo(path)


def endless(path, root):
    path.symlink_to("/dev/zero")


def sparse(path, root):
    with path.open("wb") as file:
        file.truncate(300_000_000)


@pytest.mark.long
@pytest.mark.parametrize("bad", [a_link, a_hard_link, a_pipe, endless])
@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_it_earns_nothing_and_the_others_are_graded(course, grade, names, bad, command):
    for student in ("ada", "zoe"):
        course.hand_in(student, course.RIGHT)
    notebook = course.hand_in("eve")
    notebook.unlink()
    bad(notebook, course.root)
    assert grade(command) == 1
    assert course.points("ada") == course.points("zoe") == POINTS
    assert not any(course.points("eve").values())
    assert course.nbgrader("generate_feedback", "toy") == 0
    assert "eve/toy/toy.html" not in names(course.root / "feedback")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_one_that_is_too_large_has_no_points_and_feedback_that_says_so(course, grade, command):
    course.hand_in("ada", course.RIGHT)
    notebook = course.hand_in("eve")
    notebook.unlink()
    sparse(notebook, course.root)
    grade(command)
    assert course.points("ada") == POINTS
    assert not any(course.points("eve").values())
    assert course.nbgrader("generate_feedback", "toy") == 0
    page = course.root / "feedback" / "eve" / "toy" / "toy.html"
    assert page.stat().st_size < 5_000_000 and "it has 300,000,000 bytes" in page.read_text()


@pytest.mark.parametrize("bad", [a_link, a_hard_link, a_pipe, endless, sparse])
def test_bricks_collect_leaves_it_where_it_is(course, bad, tmp_path, capfd):
    handed = tmp_path / "class"
    for student in ("ada", "eve"):
        (handed / student).mkdir(parents=True)
        (handed / student / "toy.py").write_text(course.TOY)
    folder = course.root / "submitted" / "eve" / "toy"
    folder.mkdir(parents=True)
    bad(folder / "toy.ipynb", course.root)
    before = (course.root / SOLUTION).read_bytes()
    assert course.bricks("collect", handed) == 1
    assert (course.root / "submitted" / "ada" / "toy" / "toy.ipynb").is_file()
    assert (course.root / SOLUTION).read_bytes() == before
    assert "eve" in capfd.readouterr().out


def test_bricks_collect_writes_into_no_folder_that_is_a_link(course, tmp_path):
    handed = tmp_path / "class"
    (handed / "eve").mkdir(parents=True)
    (handed / "eve" / "toy.py").write_text(course.TOY)
    (course.root / "submitted").mkdir()
    (tmp_path / "outside").mkdir()
    (course.root / "submitted" / "eve").symlink_to(tmp_path / "outside")
    assert course.bricks("collect", handed) == 1
    assert not list((tmp_path / "outside").iterdir())


@pytest.mark.parametrize("bad", [a_link, a_pipe, endless])
def test_bricks_collect_writes_a_timestamp_of_its_own(course, names, bad, tmp_path):
    handed = tmp_path / "class"
    (handed / "eve").mkdir(parents=True)
    (handed / "eve" / "toy.py").write_text(course.TOY)
    (handed / "eve" / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC")
    folder = course.root / "submitted" / "eve" / "toy"
    folder.mkdir(parents=True)
    bad(folder / "timestamp.txt", course.root)
    assert course.bricks("collect", handed) == 0
    assert names(folder) == {"toy.ipynb", "timestamp.txt", "submission_secret.txt"}
    assert not (folder / "timestamp.txt").is_symlink()
    assert "2020" not in (folder / "timestamp.txt").read_text()


@pytest.mark.parametrize("place", ["late/toy", "toy"])
def test_a_predecessor_behind_a_link_is_not_the_student_s(course, place):
    other = course.root / "submitted" / "ada" / "toy"
    other.mkdir(parents=True)
    (other / "toy.py").write_text(course.TOY)
    own = course.root / "submitted" / "eve" / "late"
    own.mkdir(parents=True)
    (course.root / "submitted" / "eve" / place).symlink_to(other)
    found = uploads_in(Course(course.root), own, {})
    assert "it lies in a folder that is a link" in repr(found["toy"].source())
