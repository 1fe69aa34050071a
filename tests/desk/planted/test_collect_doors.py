"""`nbgrader collect` and `nbgrader zip_collect`: what students planted is not copied."""

import os
import zipfile

import pytest
from nbgrader.apps import CollectApp, ZipCollectApp
from nbgrader.utils import chdir

pytestmark = pytest.mark.slow
POINTS = {"test-double": 2, "test-Tripler-apply": 3}
RECORD = "{}+toy+2026-01-02 10:00:00.000000 UTC+abcdef"


@pytest.fixture
def course(course):
    exchange = course.root / "exchange"
    (exchange / "bricks" / "inbound").mkdir(parents=True)
    exchange.chmod(0o777)
    course.set(f'\nc.Exchange.root = "{exchange}"')
    return course


def submit(desk, student, cells=None):
    """As `nbgrader submit` leaves it in the exchange; the folder."""
    made = desk.hand_in(student, cells).parent
    inbound = desk.root / "exchange" / "bricks" / "inbound" / RECORD.format(student)
    made.rename(inbound)
    made.parent.rmdir()
    (inbound / "timestamp.txt").write_text("2026-01-02 10:00:00.000000 UTC")
    (inbound / "submission_secret.txt").write_text("0" * 128)
    return inbound


def collect(desk, app=CollectApp, *arguments):
    with chdir(str(desk.root)):
        made = app()
        made.initialize(["toy", "--Application.log_level=WARN", *arguments])
        try:
            made.start()
        except SystemExit as end:
            return end.code
    return 0


@pytest.mark.long
def test_what_is_planted_in_the_exchange_stays_there(course, plant, grade, names, secrets):
    inbound = submit(course, "eve", course.RIGHT)
    submit(course, "zoe", course.RIGHT)
    (inbound / "notes.txt").write_text("kept")
    plant(inbound, course.root)
    assert collect(course) == 0
    kept = {"toy.ipynb", "timestamp.txt", "submission_secret.txt"}
    assert names(course.root / "submitted" / "eve" / "toy") == kept | {"notes.txt"}
    assert names(course.root / "submitted" / "zoe" / "toy") == kept
    assert not secrets(course.root / "submitted")
    assert grade("bricks") == 0
    assert course.points("eve") == course.points("zoe") == POINTS


def test_the_time_is_that_of_the_submission_and_no_file_s(course):
    inbound = submit(course, "eve", course.RIGHT)
    (inbound / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC")
    other = submit(course, "zoe", course.RIGHT)
    (other / "timestamp.txt").unlink()
    (other / "timestamp.txt").symlink_to(course.root / "course.secret")
    assert collect(course) == 0
    for student in ("eve", "zoe"):
        written = course.root / "submitted" / student / "toy" / "timestamp.txt"
        assert written.read_text().startswith("2026-01-02 10:00:00")
    assert collect(course, CollectApp, "--update") == 0  # nothing newer: nothing is copied again


def test_a_newer_submission_replaces_the_older_one(course, grade):
    submit(course, "eve")
    assert collect(course) == 0
    newer = submit(course, "eve2", course.RIGHT)
    newer.rename(newer.with_name("eve+toy+2026-01-03 10:00:00.000000 UTC+abcdef"))
    assert collect(course, CollectApp, "--update") == 0
    assert grade("nbgrader") == 0
    assert course.points("eve") == POINTS


def test_a_link_in_place_of_a_submission_is_not_followed(course, capfd):
    honest = submit(course, "ada", course.RIGHT)
    honest.with_name(RECORD.format("eve")).symlink_to(honest.name)
    assert collect(course) == 0
    assert not (course.root / "submitted" / "eve" / "toy").exists()
    assert (course.root / "submitted" / "ada" / "toy" / "toy.ipynb").exists()


def test_a_notebook_that_is_a_link_is_not_collected(course, names):
    inbound = submit(course, "eve", course.RIGHT)
    (inbound / "toy.ipynb").unlink()
    (inbound / "toy.ipynb").symlink_to(course.root / "source" / "toy" / "toy.ipynb")
    assert collect(course) == 0
    assert "toy.ipynb" not in names(course.root / "submitted" / "eve" / "toy")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs two users")
def test_a_notebook_that_is_anothers_file_by_a_hard_link_is_not_collected(course, names):
    inbound = submit(course, "eve", course.RIGHT)
    (inbound / "toy.ipynb").unlink()
    os.link(course.root / "source" / "toy" / "toy.ipynb", inbound / "toy.ipynb")
    os.chown(inbound, 12345, 12345)
    assert collect(course) == 0
    assert "toy.ipynb" not in names(course.root / "submitted" / "eve" / "toy")


def test_for_a_group_files_can_be_written_by_the_group(course, names):
    course.set("c.CourseDirectory.groupshared = True")
    (submit(course, "eve", course.RIGHT) / "data").mkdir()
    assert collect(course) == 0
    folder = course.root / "submitted" / "eve" / "toy"
    assert folder.stat().st_mode & 0o2770 == 0o2770
    assert all((folder / name).stat().st_mode & 0o660 == 0o660 for name in names(folder))


@pytest.fixture
def downloads(course):
    course.set(
        r'c.FileNameCollectorPlugin.named_regexp = r".*/(?P<student_id>\w+)/(?P<file_id>\w+)"'
    )
    course.set('c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".csv", ".py"]')
    folder = course.root / "downloaded" / "toy" / "archive"
    folder.mkdir(parents=True)
    return folder


def test_a_zip_is_collected(course, downloads, grade, secrets):
    made = course.hand_in("ada", course.RIGHT)
    with zipfile.ZipFile(downloads / "ada.zip", "w") as packed:
        packed.write(made, "toy.ipynb")
        link = zipfile.ZipInfo("data.csv")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, str(course.root / "course.secret"))
    made.unlink()
    made.parent.rmdir()
    assert collect(course, ZipCollectApp) == 0
    assert not secrets(course.root / "submitted")
    assert grade("nbgrader") == 0
    assert course.points("ada") == POINTS


def test_a_link_among_downloaded_files_is_refused_in_a_sentence(course, downloads, capfd):
    (downloads / "eve").mkdir()
    (downloads / "eve" / "toy.ipynb").symlink_to(course.root / "source" / "toy" / "toy.ipynb")
    assert collect(course, ZipCollectApp) == 1
    assert not (course.root / "submitted").exists()
