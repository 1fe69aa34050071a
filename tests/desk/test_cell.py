"""`%check` in a student's notebook, in a real kernel."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

from grader.author.release import release
from grader.course import Course

pytestmark = pytest.mark.slow

HALF = {"double-solution": "def double(x):\n    return 3 * x"}

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ran(desk):
    """Runs cells' texts in the released notebook, in a folder of the course."""

    def run(cells, brick="toy", extra=(), folder=None):
        notebook = desk.released(brick)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = cells.get(grade_id, cell.source)
        notebook.cells += [nbformat.v4.new_code_cell(source) for source in extra]
        folder = folder or desk.root / "release" / brick
        client = NotebookClient(
            notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}}
        )
        client.execute()
        return notebook

    return run


def cell(notebook, grade_id):
    return next(
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def shown(cell, kind="text/plain"):
    return "\n".join(o.data[kind] for o in cell.outputs if "data" in o and kind in o.data)


@pytest.mark.slow
def test_verdict_points_and_what_nbgrader_makes_of_them(desk, ran):
    notebook = ran({**desk.RIGHT, **HALF})
    test = cell(notebook, "test-double")
    assert "toy / double: 1 of 2" in shown(test) and "Twice?" in shown(test)
    assert "<pre" in shown(test, "text/html")
    assert "toy: 1 of 5 points so far" in shown(test, "text/html")
    assert determine_grade(test) == (1.0, 2.0)
    assert determine_grade(cell(notebook, "test-Tripler-apply")) == (3.0, 3.0)
    assert "toy: 4 of 5 points so far" in shown(cell(notebook, "test-Tripler-apply"), "text/html")
    streams = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert not any(o.output_type in ("stream", "error") for o in streams)


def test_a_blank_notebook_is_work_to_do(ran):
    notebook = ran({})
    assert "double is not written yet" in shown(cell(notebook, "test-double"))
    assert determine_grade(cell(notebook, "test-double")) == (0.0, 2.0)


@pytest.mark.slow
def test_the_cells_that_ran_are_what_is_checked(desk, ran):
    """A cell that failed changes nothing; one that ran again counts as it is now."""
    notebook = ran(
        desk.RIGHT,
        extra=[
            "double = 1 / 0",
            "%check toy double",
            "def double(x):\n    print('called')\n    return x",
            "%check toy double",
            "import sys; print('mine', file=sys.stderr)\n%check toy Tripler.apply",
            "!echo shell\n%matplotlib inline",
            "%check toy nothing",
            "%check",
        ],
    )
    _, first, _, second, third, _, part, brick = notebook.cells[-8:]
    assert "double: 2 of 2" in shown(first)
    assert "double: 1 of 2" in shown(second)
    assert "called" in "".join(o.text for o in second.outputs if o.output_type == "stream")
    assert "3 of 3" in shown(third)
    assert "PART is one of double, Tripler.apply" in part.outputs[0].traceback[0]
    assert "BRICK is one of toy, late" in brick.outputs[0].traceback[0]


COUNT = """
import sys

import psutil

checks = [get_ipython().events.callbacks[event] for event in ("pre_run_cell", "post_run_cell")]
hooks = [sum(hook.__module__.startswith("grader") for hook in hooks) for hooks in checks]
finders = sum(type(finder).__module__.startswith("grader") for finder in sys.meta_path)
processes = sum("grader.runner" in " ".join(p.cmdline()) for p in psutil.Process().children())
print(*hooks, finders, processes)
"""


@pytest.mark.parametrize(
    "again",
    [
        ["%reload_ext grader"],
        ["%reload_ext grader.desk.cell"],
        ["%load_ext grader.desk.cell", "%reload_ext grader", "%reload_ext grader.desk.cell"],
    ],
    ids=["by its name", "by its old name", "by both"],
)
def test_loading_again_replaces_and_the_cells_that_ran_stay_known(desk, ran, again):
    checked = "%check toy double"
    extra = [checked, COUNT, *again, checked, COUNT, "def double(x):\n    return x", checked]
    notebook = ran(desk.RIGHT, extra=extra)
    first, last = ("".join(o.text for o in c.outputs) for c in notebook.cells if c.source == COUNT)
    assert first == last == "1 1 1 2\n"
    checks = [shown(c) for c in notebook.cells[-len(extra) :] if c.source == checked]
    assert ["2 of 2" in text for text in checks] == [True, True, False]
    assert "toy: 4 of 5 points so far" in shown(notebook.cells[-1], "text/html")


def kit(desk, folder):
    """The notebooks of a student's kit."""
    (desk.root / "LICENSE").touch()
    shutil.copy(ROOT / "pyproject.toml", desk.root)
    release(Course(desk.root), folder / "kit")
    return folder / "kit" / "notebooks"


@pytest.mark.slow
def test_earlier_bricks_are_the_students_own(desk, ran, tmp_path):
    """A kit without solutions, notebooks and modules beside each other, no network."""
    notebooks = kit(desk, tmp_path)
    right = {"quadruple-solution": "def quadruple(x):\n    return double(double(x))"}
    shutil.copy(desk.hand_in("ada", HALF), notebooks / "toy.ipynb")
    wrong = ran(right, "late", folder=notebooks)
    assert "6" in shown(cell(wrong, "test-quadruple"))
    assert "0 of 2" in shown(cell(wrong, "test-quadruple"))
    shutil.copy(desk.hand_in("ada", desk.RIGHT), notebooks / "toy.ipynb")
    assert "2 of 2" in shown(cell(ran(right, "late", folder=notebooks), "test-quadruple"))
    (notebooks / "toy.ipynb").unlink()
    (notebooks / "toy.py").write_text("def double(x):\n    return 2 * x\n")
    assert "2 of 2" in shown(cell(ran(right, "late", folder=notebooks), "test-quadruple"))


BESIDE = {
    "double-solution": "\ndef double(x):\n    return 2 * x\n\ndef half(:\n",
    "Tripler-solution": "class Tripler:\n    def apply(self, x):\n        return 3 / 0",
}


def test_what_is_wrong_in_a_notebook_beside_is_told_by_its_cell(desk, ran, tmp_path):
    """No line of ours, and none of the file's JSON."""
    notebooks = kit(desk, tmp_path)
    shutil.copy(desk.hand_in("ada", BESIDE), notebooks / "toy.ipynb")
    uses = "def quadruple(x):\n    return double(double(x))"
    extra = ["from toy import Tripler", "Tripler().apply(2)"]
    notebook = ran({"quadruple-solution": uses}, "late", extra, notebooks)
    number = 1 + [
        cell.metadata.get("nbgrader", {}).get("grade_id") for cell in desk.released("toy").cells
    ].index("double-solution")
    imports = next(cell for cell in notebook.cells if cell.source.startswith("from toy import"))
    said = plain("\n".join(imports.outputs[0].traceback))
    assert f"`double` is missing, since cell {number} of toy.ipynb stopped:" in said
    assert f'File "cell {number} of toy.ipynb", line 5\n    def half(:' in said
    assert "SyntaxError: invalid syntax" in said
    checked = " ".join(shown(cell(notebook, "test-quadruple")).split())
    assert f"there is no `double`, since cell {number} of toy.ipynb stopped: SyntaxError" in checked
    raised = plain("\n".join(notebook.cells[-1].outputs[0].traceback))
    assert "return 3 / 0" in raised and "cell 7 of toy.ipynb:3" in raised
    for text in (said, checked, raised):
        assert "grader/" not in text and '"source"' not in text


def test_a_notebook_beside_that_is_none_is_told_in_a_line(desk, ran):
    (desk.root / "release" / "late" / "toy.ipynb").write_text("{")
    notebook = ran({}, "late")
    imports = next(cell for cell in notebook.cells if cell.source.startswith("from toy import"))
    told = "toy.ipynb cannot be used: it is not a notebook: it is not JSON: it breaks off in line 1"
    assert imports.outputs[0].traceback == [told]


def test_a_module_in_the_folder_of_its_own_brick_is_imported_as_python_does_it(desk, ran):
    (desk.root / "release" / "toy" / "toy.py").write_text("def double(:\n")
    notebook = ran({}, "late")
    imports = next(cell for cell in notebook.cells if cell.source.startswith("from toy import"))
    said = plain("\n".join(imports.outputs[0].traceback))
    assert "toy.py" in said and "def double(:" in said and "grader/" not in said


def plain(text):
    return re.sub("\x1b\\[[0-9;]*m", "", text)


def test_without_a_course_around_it_says_what_to_do(desk, ran, tmp_path):
    notebook = ran(desk.RIGHT, folder=tmp_path)
    assert "BRICKS_COURSE" in "".join(cell(notebook, "setup").outputs[0].traceback)


@pytest.mark.slow
def test_nbgrader_validate_tells_the_truth(desk, validated):
    right = validated(desk, desk.hand_in("right", desk.RIGHT))
    assert "Success! Your notebook passes all the tests." in right
    half = validated(desk, desk.hand_in("half", {**desk.RIGHT, **HALF}))
    assert "VALIDATION FAILED ON 1 CELL(S)" in half
    assert "%check toy double" in half and "Twice?" in half
    blank = validated(desk, desk.hand_in("blank"))
    assert "VALIDATION FAILED ON 2 CELL(S)" in blank and "not written yet" in blank


@pytest.mark.long
@pytest.mark.parametrize("brick", ["neuron", "layer", "mlp", "convolution", "cnn", "features"])
def test_every_brick_passes_its_own_notebook(whole, validated, brick):
    """TensorFlow's import inside a test cell would write to stderr, and nbgrader then gives 0."""
    path = whole.root / "source" / brick / f"{brick}.ipynb"
    assert "Success!" in validated(whole, path)


GALLERY = """
from grader.pictures.gallery import Gallery

brick = Gallery("toy")


def draw_line(figure, values, inputs):
    figure.subplots().plot(values["y"])


@brick.picture("Twice as much", parts=("double",), caption="It rises. It is steep.", alt="A line.",
               draw=draw_line, inputs=lambda rng: {"x": [0.0, 1.0]})
def line(toy, x):
    return {"y": [toy.double(each) for each in x]}
"""


def test_a_picture_is_named_once_and_drawn_in_place(desk, ran):
    (desk.root / "exercises" / "show_toy.py").write_text(GALLERY)
    extra = ["%check toy double", "%show toy", "%show nothing"]
    notebook = ran(desk.RIGHT, extra=extra)
    first = cell(notebook, "test-double")
    again, drawn, unknown = notebook.cells[-3:]
    assert "Worth a look: %show toy (Twice as much)" in shown(first)
    assert "Worth a look" not in shown(again)
    assert "data:image/png;base64," in shown(drawn, "text/html")
    assert shown(drawn) == "Twice as much. It rises. It is steep."
    assert "There is no brick 'nothing'" in "".join(str(o) for o in unknown.outputs)


def test_what_explains_a_failure_is_drawn_under_the_check(desk, ran):
    desk.draw_tripled()
    turned = "class Tripler:\n    def apply(self, x):\n        return -3 * x"
    notebook = ran({**desk.RIGHT, "Tripler-solution": turned})
    said = shown(cell(notebook, "test-Tripler-apply"), "text/html")
    assert said.count('<img src="data:image/png;base64,') == 1
    assert 'alt="An image, the map that your filter makes' in said
    assert "<p>Purple is above 0" in said
    assert "<img" not in shown(cell(notebook, "test-double"), "text/html")


def test_a_check_before_its_cell_was_run_says_so(desk, ran):
    notebook = ran({**desk.RIGHT, "double-solution": "pass"})
    assert "No cell that defines double has run yet" in shown(cell(notebook, "test-double"))
    assert "has run yet" not in shown(cell(notebook, "test-Tripler-apply"))


def test_hints_come_one_at_a_time_and_explain_says_where(desk, ran):
    extra = ["%hint double", "%hint double", "%hint treble", "%explain toy", "%explain nothing"]
    notebook = ran({**desk.RIGHT, **HALF}, extra=extra)
    first, second, lost, place, no_brick = notebook.cells[-len(extra) :]
    assert "hint 1 of 1" in first.outputs[0].text and "Twice?" in first.outputs[0].text
    assert "There are no more." in second.outputs[0].text
    assert "There is no part 'treble'" in lost.outputs[0].evalue
    assert "where" in place.outputs[0].text or "No small change" in place.outputs[0].text
    assert "%explain BRICK" in no_brick.outputs[0].evalue


def test_the_last_part_says_the_points_of_all_bricks(desk, ran):
    notebook = ran(desk.RIGHT)
    last = [c for c in notebook.cells if c.source.startswith("%check")][-1]
    assert "All bricks so far: toy 5 of 5, late 0 of" in shown(last, "text/html")
    again = ran({}, "late")
    last = [c for c in again.cells if c.source.startswith("%check")][-1]
    assert "toy 5 of 5" in shown(last, "text/html")


class Watching(NotebookClient):
    """Remembers each text that a cell showed, also those that others replaced."""

    def process_message(self, msg, cell, cell_index):
        data = msg["content"].get("data", {})
        self.said = [*getattr(self, "said", []), data.get("text/plain", "")]
        return super().process_message(msg, cell, cell_index)


def test_a_note_stands_there_while_a_check_uses_keras_and_then_its_results(desk):
    checks = desk.root / "exercises" / "test_toy.py"
    text = checks.read_text().replace('called="double(x)"', 'called="double(x)", keras=True')
    checks.write_text(text)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell(source)
        for source in (
            "%load_ext grader",
            "def double(x):\n    import time\n    time.sleep(1.3)\n    return 2 * x",
            "%check toy double",
        )
    ]
    client = Watching(notebook, timeout=120, resources={"metadata": {"path": str(desk.root)}})
    client.execute()
    notes = [said for said in client.said if re.fullmatch(r"uses Keras: \d+ s", said)]
    assert len(notes) >= 2
    first, *rest = notebook.cells[-1].outputs
    assert first.data["text/plain"].startswith("toy / double: 2 of 2")
    assert not any("uses Keras" in str(output) for output in rest)
