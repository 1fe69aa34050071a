"""`bricks collect`: what was handed in ends where nbgrader looks for it, and is graded."""

import os
import time

import nbformat

TOY = """\
def double(x):
    return 2 * x


class Tripler:
    def apply(self, x):
        return 3 * x
"""


def hand_in(desk, student, text, name="toy.py"):
    path = desk.root / "modules" / student / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_collected_modules_are_graded_like_notebooks(desk, capsys):
    file = hand_in(desk, "ada", TOY)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    hand_in(desk, "ben", "def double(x:\n")
    hand_in(desk, "cleo", TOY.replace("3 * x", "4 * x"))
    assert desk.bricks("collect", desk.root / "modules") == 0
    assert "3 notebooks written" in capsys.readouterr().out
    stamp = desk.root / "submitted" / "ada" / "toy" / "timestamp.txt"
    assert stamp.read_text() == "2023-11-14 22:13:20.000000 UTC"
    assert desk.nbgrader("autograde", "toy") == 0
    assert desk.points("ada") == {"test-double": 2, "test-Tripler-apply": 3}
    assert desk.points("ben") == {"test-double": 0, "test-Tripler-apply": 0}
    assert desk.points("cleo") == {"test-double": 2, "test-Tripler-apply": 0}
    assert "2023-11-14 22:13:20" in str(desk.sql("select timestamp from submitted_assignment"))


def test_collected_again_only_what_changed_is_new(desk, capsys):
    file = hand_in(desk, "ada", TOY)
    hand_in(desk, "ben", TOY)
    desk.bricks("collect", desk.root / "modules")
    desk.nbgrader("autograde", "toy")
    capsys.readouterr()
    file.write_text(TOY.replace("2 * x", "5 * x"))
    later = time.time() + 10
    os.utime(file, (later, later))
    assert desk.bricks("collect", desk.root / "modules") == 0
    assert "1 notebooks written" in capsys.readouterr().out
    desk.nbgrader("autograde", "toy")
    assert desk.points("ada") == {"test-double": 1, "test-Tripler-apply": 3}


def test_a_notebook_from_nbgrader_is_not_overwritten(desk, capsys):
    desk.hand_in("ada", desk.RIGHT)
    hand_in(desk, "ada", "def double(x):\n    return None\n")
    assert desk.bricks("collect", desk.root / "modules") == 1
    assert "left as it is" in capsys.readouterr().out
    desk.nbgrader("autograde", "toy")
    assert desk.points("ada") == {"test-double": 2, "test-Tripler-apply": 3}


def test_notebooks_are_collected_as_they_are(desk):
    notebook = desk.released()
    notebook.cells.append(nbformat.v4.new_markdown_cell("My thoughts."))
    hand_in(desk, "ada", nbformat.writes(notebook), "toy.ipynb")
    assert desk.bricks("collect", desk.root / "modules") == 0
    target = desk.root / "submitted" / "ada" / "toy" / "toy.ipynb"
    assert nbformat.read(target, as_version=4).cells[-1].source == "My thoughts."
