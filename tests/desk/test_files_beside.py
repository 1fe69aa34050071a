"""Files beside a notebook: what stays out of autograded/, and out of the student's feedback/."""

import os
import socket
import subprocess
import sys

import pytest

SECRET = "words-that-no-student-may-see"
POINTS = {"test-double": 2, "test-Tripler-apply": 3}
BASIC = ("--isolation", "basic")


def link_to_a_file(folder, root):
    (folder / "data.csv").symlink_to(root / "course.secret")


def relative_link(folder, root):
    (folder / "data.csv").symlink_to("../../../course.secret")


def link_to_a_folder(folder, root):
    (folder / "data").symlink_to(root / "secrets")


def chain_of_links(folder, root):
    (folder / "b.csv").symlink_to(root / "course.secret")
    (folder / "a.csv").symlink_to("b.csv")


def link_in_a_folder(folder, root):
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").symlink_to(root / "course.secret")


def link_in_a_folder_with_a_pattern_for_a_name(folder, root):
    (folder / "data[1]*").mkdir()
    (folder / "data[1]*" / "a.csv").symlink_to(root / "course.secret")


def hard_link(folder, root):
    os.link(root / "course.secret", folder / "data.csv")


def two_hard_links(folder, root):
    os.link(root / "course.secret", folder / "a.csv")
    os.link(root / "course.secret", folder / "b.csv")


def broken_link(folder, root):
    (folder / "data.csv").symlink_to("nowhere")


def link_to_itself(folder, root):
    (folder / "data.csv").symlink_to("data.csv")


def endless_device(folder, root):
    (folder / "data.csv").symlink_to("/dev/zero")


def fifo(folder, root):
    os.mkfifo(folder / "data.csv")


def socket_file(folder, root):
    here = os.getcwd()
    os.chdir(folder)  # the name of a socket may have about a hundred characters
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("data.csv")
    finally:
        os.chdir(here)


def sparse_file(folder, root):
    with (folder / "data.csv").open("wb") as file:
        file.truncate(300_000_000)


def page(folder, root):
    (folder / "data.csv.HTML").write_text(f"<script>{SECRET}</script>")


def deep_link(folder, root):
    for _ in range(60):
        folder = folder / "d"
        folder.mkdir()
    (folder / "data.csv").symlink_to(root / "course.secret")


PLANTS = [
    link_to_a_file, relative_link, link_to_a_folder, chain_of_links, link_in_a_folder,
    link_in_a_folder_with_a_pattern_for_a_name, hard_link, two_hard_links, broken_link,
    link_to_itself, fifo, socket_file, sparse_file, page, deep_link,
]  # fmt: skip


@pytest.fixture
def course(desk):
    (desk.root / "course.secret").write_text(SECRET)
    (desk.root / "secrets").mkdir()
    (desk.root / "secrets" / "solution.py").write_text(SECRET)
    return desk


def grade(desk, command):
    if command == "bricks":
        return desk.bricks("autograde", "toy", *BASIC)
    return desk.nbgrader("autograde", "toy")


def names(folder):
    """What is in the folder, by paths relative to it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def secrets(*folders):
    """Files with the secret in them; none may be so long that this takes long."""
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_it_is_left_out_and_the_notebook_is_graded(course, command, plant):
    folder = course.hand_in("eve", course.RIGHT).parent
    (folder / "notes.txt").write_text("kept")
    plant(folder, course.root)
    assert grade(course, command) == 0
    assert course.points("eve") == POINTS
    graded = course.root / "autograded" / "eve" / "toy"
    assert names(graded) == {"toy.ipynb", "notes.txt"}
    assert (graded / "notes.txt").read_text() == "kept"
    assert course.nbgrader("generate_feedback", "toy") == 0
    assert names(course.root / "feedback" / "eve" / "toy") == {"toy.html"}
    assert not secrets(course.root / "autograded", course.root / "feedback")


@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_a_sentence_names_what_was_left_out_and_why(course, command, capfd):
    folder = course.hand_in("eve", course.RIGHT).parent
    link_to_a_file(folder, course.root)
    (folder / "page.html").write_text("<p>")
    with (folder / "big.bin").open("wb") as file:
        file.truncate(300_000_000)
    fifo_at = folder / "pipe\x1b[2J"
    os.mkfifo(fifo_at)
    if command == "bricks":
        grade(course, command)
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


def test_a_file_of_many_bytes_costs_only_those_that_are_written(course):
    folder = course.hand_in("eve", course.RIGHT).parent
    for n in range(9):  # more than all files may have together
        with (folder / f"{n}.bin").open("wb") as file:
            file.truncate(9_000_000)
            file.write(b"begin")
            file.seek(8_999_997)
            file.write(b"end")
    assert grade(course, "nbgrader") == 0
    graded = course.root / "autograded" / "eve" / "toy"
    copied = sorted(graded.glob("*.bin"))
    assert [path.name for path in copied] == [f"{n}.bin" for n in range(5)]
    for path in copied:
        assert path.read_bytes() == (folder / path.name).read_bytes()
    assert sum(path.stat().st_blocks * 512 for path in copied) < 2_000_000


def test_a_thousand_files_are_copied_and_no_more(course):
    folder = course.hand_in("eve", course.RIGHT).parent
    for n in range(1_200):
        (folder / f"{n}.txt").touch()
    assert grade(course, "nbgrader") == 0
    assert course.points("eve") == POINTS
    assert len(names(course.root / "autograded" / "eve" / "toy")) == 1_001  # and the notebook


def test_names_of_one_file_inside_the_submission_are_copied(course):
    folder = course.hand_in("eve", course.RIGHT).parent
    (folder / "a.csv").write_text("1,2")
    (folder / "data").mkdir()
    os.link(folder / "a.csv", folder / "data" / "b.csv")
    assert grade(course, "nbgrader") == 0
    graded = course.root / "autograded" / "eve" / "toy"
    assert names(graded) == {"toy.ipynb", "a.csv", "data/b.csv"}
    assert {(graded / name).stat().st_nlink for name in ("a.csv", "data/b.csv")} == {1}


@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_a_notebook_that_a_backup_has_linked_is_graded(course, command):
    notebook = course.hand_in("ada", course.RIGHT)
    os.link(notebook, course.root / "backup")
    assert grade(course, command) == 0
    assert course.points("ada") == POINTS
    graded = course.root / "autograded" / "ada" / "toy" / "toy.ipynb"
    assert graded.stat().st_ino != notebook.stat().st_ino


def test_files_of_the_source_are_still_put_beside_the_notebook(course):
    (course.root / "source" / "toy" / "data.csv").write_text("master")
    folder = course.hand_in("eve", course.RIGHT).parent
    (folder / "data.csv").symlink_to(course.root / "course.secret")
    (course.hand_in("ada", course.RIGHT).parent / "data.csv").write_text("changed")
    assert grade(course, "nbgrader") == 0
    for student in ("ada", "eve"):
        graded = course.root / "autograded" / student / "toy"
        assert (graded / "data.csv").read_text() == "master"
    assert course.nbgrader("generate_feedback", "toy") == 0
    assert names(course.root / "feedback") == {"ada/toy/toy.html", "eve/toy/toy.html"}


def test_a_hook_in_the_configuration_is_called_too(course):
    course.set(
        "def hook(assignment, student, notebooks):\n"
        "    from pathlib import Path\n"
        "    Path('hooked').write_text(notebooks[0])\n"
        "c.Autograde.pre_convert_hook = hook\n"
    )
    folder = course.hand_in("eve", course.RIGHT).parent
    link_to_a_file(folder, course.root)
    assert grade(course, "nbgrader") == 0
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
    "plant", [no_time, not_text, link_to_a_secret, link_to_a_time, pipe, large, a_folder]
)
@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_a_timestamp_that_is_none_stops_nobody_and_is_not_copied(course, command, plant):
    course.hand_in("ada", course.RIGHT, when=WHEN)
    for student in ("eve", "zoe"):
        course.hand_in(student, course.RIGHT)
    folder = course.root / "submitted" / "eve" / "toy"
    plant(folder / "timestamp.txt", course.root)
    for _ in range(2):  # the second run compares timestamps
        assert grade(course, command) == 0
    assert all(course.points(student) == POINTS for student in ("ada", "eve", "zoe"))
    assert not (course.root / "autograded" / "eve" / "toy" / "timestamp.txt").exists()
    assert (course.root / "autograded" / "ada" / "toy" / "timestamp.txt").read_text() == WHEN
    assert os.path.lexists(folder / "timestamp.txt.unusable")  # evidence stays where it was
    assert course.nbgrader("generate_feedback", "toy") == 0
    assert not secrets(course.root / "autograded", course.root / "feedback")
    assert names(course.root / "feedback") == {
        "ada/toy/toy.html", "ada/toy/timestamp.txt", "eve/toy/toy.html", "zoe/toy/toy.html",
    }  # fmt: skip


def test_timestamps_in_other_places_and_spellings_are_not_copied(course):
    folder = course.hand_in("eve", course.RIGHT, when=WHEN).parent
    (folder / "data").mkdir()
    (folder / "data" / "timestamp.txt").write_text(WHEN)
    (folder / "Timestamp.TXT").write_text(WHEN)
    assert grade(course, "nbgrader") == 0
    assert names(course.root / "autograded" / "eve") == {"toy/toy.ipynb", "toy/timestamp.txt"}


def test_nothing_planted_in_autograded_goes_into_feedback(course):
    """As an earlier version of the kit left it."""
    course.hand_in("eve", course.RIGHT, when=WHEN)
    assert grade(course, "nbgrader") == 0
    graded = course.root / "autograded" / "eve" / "toy"
    (graded / "data.csv").symlink_to(course.root / "course.secret")
    (graded / "other.html").write_text(SECRET)
    (graded / "submission_secret.txt").symlink_to(course.root / "course.secret")
    assert course.nbgrader("generate_feedback", "toy") == 0
    assert names(course.root / "feedback" / "eve") == {"toy/toy.html", "toy/timestamp.txt"}
