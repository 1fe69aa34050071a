"""Scratch cells: what they raise costs themselves alone, in the notebook and in the gradebook."""

import nbformat
import pytest

from grader.notebook import COLLECTED

SCRATCH = [
    'double("a") + 1',
    "display(double(1))",
    "_ + 1",
    "import asyncio\nawait asyncio.sleep(0)",
    "input()",
    'open("/nowhere/notes.txt", "w")',
    "get_ipython().user_ns",
    "def half(:",
    "exit()",
    "raise KeyError('mine')",
]
TOO_EARLY = "Tripler().apply(2)"


def with_scratch(notebook):
    for text in SCRATCH:
        notebook.cells.append(nbformat.v4.new_code_cell(text))
    notebook.cells.insert(1, nbformat.v4.new_code_cell(TOO_EARLY))


@pytest.mark.slow
@pytest.mark.parametrize("way", ["nbgrader", "bricks"])
def test_scratch_cells_that_raise_cost_nothing(desk, validated, way):
    path = desk.hand_in("ada", desk.RIGHT, change=with_scratch)
    assert "Success! Your notebook passes all the tests." in validated(desk, path)
    if way == "nbgrader":
        assert desk.nbgrader("autograde", "toy") == 0
    else:
        assert desk.bricks("autograde", "toy", "--isolation", "basic") == 0
    assert desk.points("ada") == {"test-double": 2, "test-Tripler-apply": 3}
    assert "stopped" not in str(desk.graded("ada"))


@pytest.mark.slow
def test_what_stands_above_the_set_up_counts_as_well(desk, validated):
    def moved(notebook):
        names = [c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells]
        notebook.cells.insert(0, notebook.cells.pop(names.index("double-solution")))

    path = desk.hand_in("ada", desk.RIGHT, change=moved)
    assert "Success! Your notebook passes all the tests." in validated(desk, path)
    assert desk.nbgrader("autograde", "toy") == 0
    assert desk.points("ada") == {"test-double": 2, "test-Tripler-apply": 3}


@pytest.mark.slow
def test_a_cell_that_others_need_is_named_wherever_it_is_missed(desk, validated):
    broken = {**desk.RIGHT, "Tripler-solution": "three = 1 / 0\n" + desk.RIGHT["Tripler-solution"]}
    path = desk.hand_in("ada", broken)
    said = " ".join(validated(desk, path).split())
    assert "VALIDATION FAILED ON 1 CELL(S)" in said
    assert "there is no `Tripler`, since cell [5] of toy.ipynb stopped: ZeroDivisionError" in said
    assert desk.nbgrader("autograde", "toy") == 0
    assert desk.points("ada") == {"test-double": 2, "test-Tripler-apply": 0}
    number = 1 + [
        cell.metadata.get("nbgrader", {}).get("grade_id") for cell in desk.graded("ada").cells
    ].index("Tripler-solution")
    [told] = desk.outputs("ada", "test-Tripler-apply")
    told = " ".join(told.data["text/plain"].split())
    assert f"cell {number} of toy.ipynb stopped: ZeroDivisionError: division by zero" in told
    assert f"cell {number} of toy.ipynb, line 1 three = 1 / 0" in told


MODULES = {
    "whole": "def double(x):\n    return 2 * x\n",
    "raises at its end": "def double(x):\n    return 2 * x\n\n\ndouble(1) / 0\n",
    "raises at its start": "1 / 0\n\n\ndef double(x):\n    return 2 * x\n",
    "not Python": "def double(x):\n    return 2 * x\n\n\ndef half(:\n",
    "leaves": "def double(x):\n    return 2 * x\n\n\nexit()\n",
}


@pytest.mark.long
@pytest.mark.parametrize("way", ["nbgrader", "bricks"])
def test_a_collected_module_has_the_points_of_the_module(desk, way, tmp_path):
    for student, text in MODULES.items():
        path = desk.root / "modules" / student / "toy.py"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    out = tmp_path / "out"
    desk.bricks("grade", desk.root / "modules", "--out", out, "--isolation", "basic")
    grades = (out / "grades.csv").read_text().replace('"', "")
    rows = [line.split(",") for line in grades.splitlines()]
    given = {row[0]: row[rows[0].index("toy")] for row in rows[1:]}
    expected = {name: 0.0 if cell == "not usable" else float(cell) for name, cell in given.items()}
    assert expected == {student: 2.0 * (student == "whole") for student in MODULES}
    assert desk.bricks("collect", desk.root / "modules") == 0
    assert f'"{COLLECTED}"' in (desk.root / "submitted" / "whole" / "toy" / "toy.ipynb").read_text()
    if way == "nbgrader":
        assert desk.nbgrader("autograde", "toy") == 0
    else:
        assert desk.bricks("autograde", "toy", "--isolation", "basic") == 1  # some do not load
    assert {student: sum(desk.points(student).values()) for student in MODULES} == expected
    [told, *_] = desk.outputs("not Python", "test-double")
    assert "toy.py does not load" in told.data["text/plain"]
