"""A gradebook on PostgreSQL: a real server on loopback, started and stopped here."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

pytestmark = pytest.mark.slow
OPTIONS = ("--isolation", "basic", "-j", "2")


def programs():
    """The folder of PostgreSQL's programs: on Debian they are not on the path."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    return next((p for p in places if (p / "initdb").exists()), found and Path(found).parent)


@pytest.fixture(scope="module")
def server():
    """The server's URL. PostgreSQL does not run as root: then it runs as Debian's own user."""
    where = programs()
    if where is None:
        pytest.skip("there is no PostgreSQL (Debian: apt install postgresql)")
    pytest.importorskip("psycopg2", reason="psycopg2 is missing (pip install psycopg2-binary)")
    user = {"user": "postgres"} if os.geteuid() == 0 else {}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="bricks-pg-"))
    if user:
        try:
            shutil.chown(folder, "postgres")
        except LookupError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    data = folder / "data"
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"

    def run(program, *arguments):
        command = [where / program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)

    run("initdb", "-D", data, "-U", "postgres", "-A", "trust")
    log = folder / "log"
    run("pg_ctl", "-D", data, "-o", settings, "-l", log, "-w", "start")
    try:
        yield f"postgresql+psycopg2://postgres@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.long
def test_the_whole_way_on_postgresql(desk, server):
    with (desk.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {server!r}\n")
    (desk.root / "gradebook.db").unlink()
    assert desk.nbgrader("generate_assignment", "toy", "--force") == 0
    wrong = {**desk.RIGHT, "double-solution": "def double(x):\n    return 3 * x"}
    desk.hand_in("stock", wrong)
    assert desk.nbgrader("autograde", "toy") == 0
    for i in range(6):
        desk.hand_in(f"bulk-{i}", wrong if i % 2 else desk.RIGHT)
    assert desk.bricks("autograde", "toy", *OPTIONS) == 0
    with Gradebook(server) as book:
        scores = {s.student.id: s.score for s in book.assignment_submissions("toy")}
        book.find_grade("test-double", "toy", "toy", "bulk-1").manual_score = 1.5
        book.db.commit()
    assert scores == {"stock": 4, **{f"bulk-{i}": 4 if i % 2 else 5 for i in range(6)}}
    assert desk.bricks("autograde", "toy", "--force", *OPTIONS) == 0
    with Gradebook(server) as book:
        assert book.find_submission("toy", "bulk-1").score == 4.5
    assert desk.nbgrader("generate_feedback", "toy") == 0
    assert desk.nbgrader("export") == 0
    assert ",5.0,0.0,5.0,5.0" in (desk.root / "grades.csv").read_text().replace('"', "")
    assert not (desk.root / "gradebook.db").exists()
