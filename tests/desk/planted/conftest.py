"""What a student may plant beside a notebook, and a course whose secret it would carry out."""

import os
import socket

import pytest

SECRET = "words-that-no-student-may-see"


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


@pytest.fixture(params=PLANTS, ids=lambda plant: plant.__name__)
def plant(request):
    """A function of the submission's folder and the course's."""
    return request.param


@pytest.fixture
def course(desk):
    (desk.root / "course.secret").write_text(SECRET)
    (desk.root / "secrets").mkdir()
    (desk.root / "secrets" / "solution.py").write_text(SECRET)
    return desk


@pytest.fixture
def grade(course):
    """Grades by one of the two commands; returns its exit status."""

    def grade(command):
        if command == "bricks":
            return course.bricks("autograde", "toy", "--isolation", "basic")
        return course.nbgrader("autograde", "toy")

    return grade


@pytest.fixture
def names():
    """What is in a folder, by paths relative to it."""

    def names(folder):
        found = (path for path in folder.rglob("*") if not path.is_dir())
        return {path.relative_to(folder).as_posix() for path in found}

    return names


@pytest.fixture
def secrets():
    """Files with the secret in them."""

    def secrets(*folders):
        files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return [path for path in files if SECRET.encode() in path.read_bytes()]

    return secrets
