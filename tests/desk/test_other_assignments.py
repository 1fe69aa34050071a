"""An assignment that is no brick is graded by nbgrader as ever, beside the course's bricks."""

import shutil
from pathlib import Path

import nbformat
import nbgrader
import pytest

PS1 = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source" / "ps1"
STUDENTS = ("hacker", "writer", "blank")


def hand_in_ps1(root):
    """What the source holds, a wrong answer, and what was handed out."""
    for student in STUDENTS:
        folder = root / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        of = "release" if student == "blank" else "source"
        for path in (root / of / "ps1").glob("*.ipynb"):
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                if student == "writer" and "def squares(n)" in cell.source:
                    cell.source = "def squares(n):\n    return [n]"
            nbformat.write(notebook, folder / path.name)


def grades(desk):
    found = desk.sql(
        "select sa.student_id, n.name, bc.name, g.auto_score, g.needs_manual_grade"
        " from grade g join base_cell bc on g.cell_id = bc.id"
        " join submitted_notebook sn on g.notebook_id = sn.id"
        " join notebook n on sn.notebook_id = n.id"
        " join submitted_assignment sa on sn.assignment_id = sa.id"
    )
    return sorted(found)


@pytest.mark.slow
@pytest.mark.long
def test_quickstarts_assignment_has_the_points_that_nbgrader_gives_it(desk, tmp_path, capsys):
    if not PS1.is_dir():
        pytest.skip("nbgrader was installed without its quickstart course")
    stock = type(desk)(tmp_path / "stock")
    stock.root.mkdir()
    for one in (desk, stock):
        shutil.copytree(PS1, one.root / "source" / "ps1")
        assert one.nbgrader("generate_assignment", "ps1") == 0
        hand_in_ps1(one.root)
    assert stock.nbgrader("autograde", "ps1") == 0
    desk.hand_in("hacker", desk.RIGHT)
    capsys.readouterr()
    assert desk.bricks("autograde", "ps1", "toy", "--isolation", "basic") == 0
    said = " ".join(capsys.readouterr().out.split())
    for name in ("problem1", "problem2"):
        warned = f"{name}.ipynb is no brick of the course: its cells run in nbgrader's kernel"
        assert (warned in said) is (name == "problem1")
    assert "problem2.ipynb is no brick of the course: grade it by hand." in said
    assert "ps1: 3 graded now, 0 were already." in said and "toy: 1 graded now" in said
    expected = grades(stock)
    assert sum(points or 0 for who, *_, points, _ in expected if who == "hacker") >= 3
    assert [row for row in grades(desk) if row[1].startswith("problem")] == expected
    assert desk.points("hacker")["test-double"] > 0
    # The stock command gives the same, and generates feedback.
    assert desk.nbgrader("autograde", "ps1", "--force") == 0
    assert [row for row in grades(desk) if row[1].startswith("problem")] == expected
    assert desk.nbgrader("generate_feedback", "ps1") == 0
    page = desk.root / "feedback" / "hacker" / "ps1" / "problem1.html"
    assert "squares" in page.read_text(encoding="utf-8")
