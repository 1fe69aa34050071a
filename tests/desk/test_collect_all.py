"""`bricks collect` drops nobody from nbgrader, and its submissions are as nbgrader's own."""

import csv

import nbformat
import pytest
from nbgrader.apps import ReleaseFeedbackApp
from nbgrader.utils import chdir

NAMES = ("Lovelace, Ada", 'Ben "B" Bee', "O'Neill Zoë")


def hand_in(desk, student, content, name="toy.py"):
    path = desk.root / "modules" / student / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def collected(desk):
    for name in NAMES:
        hand_in(desk, name, desk.TOY)
    hand_in(desk, "pdf", b"%PDF-1.7", "toy.py")
    hand_in(desk, "essay", b"%PDF-1.7", "essay.pdf")
    hand_in(desk, "zero", b"", "toy.ipynb")
    hand_in(desk, "two", desk.TOY)
    hand_in(desk, "two", desk.TOY.replace("2 * x", "5 * x"), "toy (1).py")
    (desk.root / "modules" / "nothing").mkdir()
    assert desk.bricks("collect", desk.root / "modules") == 1
    return desk


def students(desk):
    rows = desk.sql("select id, first_name, last_name from student")
    return {identity: names for identity, *names in rows}


def test_nobody_is_dropped_and_what_cannot_be_used_says_why(collected, capsys):
    said = {"pdf": "it is a PDF", "zero": "it is empty", "two": "2 files for it that differ"}
    for name, why in {**said, "essay": "essay.pdf (it is a PDF)"}.items():
        made = nbformat.read(collected.root / "submitted" / name / "toy" / "toy.ipynb", 4)
        assert "cannot be graded" in made.cells[0].source and why in made.cells[0].source
        assert not (collected.root / "submitted" / name / "late").exists()
    assert collected.bricks("autograde", "toy", "--isolation", "basic") == 1
    assert "Handed in, and not usable: 4 bricks of 4 students." in capsys.readouterr().out
    assert {row for (name, _), row in collected.grades().items() if name in (*said, "essay")} == {
        (0, None, 0)
    }
    assert {sum(collected.points(name).values()) for name in NAMES} == {5}
    [shown, *_] = collected.outputs("pdf", "test-double")
    assert "it is a PDF" in shown["data"]["text/plain"]


def test_names_are_registered_and_survive_the_export(collected):
    assert students(collected)["Lovelace, Ada"] == ["Ada", "Lovelace"]
    assert students(collected)['Ben "B" Bee'] == ['Ben "B"', "Bee"]
    assert students(collected)["nothing"] == ["", "nothing"]
    collected.sql("update student set last_name = 'Known' where id = 'nothing'")
    collected.bricks("collect", collected.root / "modules")
    assert students(collected)["nothing"] == ["", "Known"]
    collected.bricks("autograde", "toy", "--isolation", "basic")
    assert collected.nbgrader("export") == 0
    with (collected.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == "toy"]
    assert {row["student_id"] for row in rows if float(row["score"]) == 5} == set(NAMES)


def test_feedback_is_released_for_all(collected, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    secrets = {
        path.parent.parent.name: path.read_text()
        for path in (collected.root / "submitted").glob("*/toy/submission_secret.txt")
    }
    assert len(secrets) == len(set(secrets.values())) == 7
    (collected.root / "submitted" / "zero" / "toy" / "submission_secret.txt").unlink()
    assert collected.bricks("autograde", "toy", "--isolation", "basic") == 1
    assert collected.nbgrader("generate_feedback", "toy") == 0
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    with chdir(str(collected.root)):
        app = ReleaseFeedbackApp()
        app.initialize(["toy", f"--Exchange.root={exchange}"])
        app.start()
    assert len(list(exchange.rglob("*.html"))) == 7


@pytest.mark.parametrize("door", ["bricks", "nbgrader"])
def test_a_deleted_test_cell_is_put_back_and_nobody_has_to_grade_it(desk, door):
    def without_tests(notebook):
        notebook.cells = [
            c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade")
        ]

    desk.hand_in("ada", desk.RIGHT, change=without_tests)
    if door == "bricks":
        assert desk.bricks("autograde", "toy", "--isolation", "basic") == 0
    else:
        assert desk.nbgrader("autograde", "toy") == 0
    assert {row[2] for row in desk.grades().values()} == {0}
    assert desk.points("ada") == {"test-double": 2, "test-Tripler-apply": 3}
