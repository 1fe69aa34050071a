"""Each way to marks that one has not earned: it works on stock nbgrader, and earns nothing here.

`stock` is a course as nbgrader's manual has it, with the same task: tests run in the kernel.
"""

import nbformat
import pytest
from nbgrader.utils import chdir

from grader.classroom.isolation import isolation
from grader.course import CourseError

WRONG = {"double-solution": "def double(x):\n    return 7"}
SOLUTION = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
TEST = "assert double(2) == 4"
PARTIAL = "import numpy as np\n2 * np.mean([double(2) == 4, double(3) == 6])"
HIDDEN = "### BEGIN HIDDEN TESTS\nassert double(123456) == 246912\n### END HIDDEN TESTS"

TRANSFORMER = """
try:
    get_ipython().input_transformers_post.append(lambda lines: [])
except NameError:
    pass
"""
WRITES_DATABASE = """
import sqlite3
try:
    database = sqlite3.connect("{database}", timeout=20)
    database.execute("update grade set manual_score = 99")
    database.commit()
    database.close()
except sqlite3.Error:
    pass
"""
SCRIPT = "<script>alert('from a student')</script>"


def cell(source, grade_id, **marks):
    made = nbformat.v4.new_code_cell(source, id=grade_id)
    made.metadata["nbgrader"] = {
        "grade": False, "grade_id": grade_id, "locked": False, "schema_version": 3,
        "solution": False, "task": False, **marks,
    }  # fmt: skip
    return made


@pytest.fixture
def stock(desk):
    """The course's folder without our settings, and with one test cell of nbgrader's kind."""

    def with_test(source):
        (desk.root / "nbgrader_config.py").unlink()
        notebook = nbformat.v4.new_notebook(
            cells=[
                cell(SOLUTION, "double-solution", solution=True),
                cell(source, "test-double", grade=True, locked=True, points=2),
            ],
            metadata={"kernelspec": {"display_name": "", "language": "python", "name": "python3"}},
        )
        nbformat.write(notebook, desk.root / "source" / "toy" / "toy.ipynb")
        assert desk.nbgrader("generate_assignment", "toy", "--force") == 0
        return desk

    return with_test


def with_script(notebook):
    notebook.cells.append(nbformat.v4.new_markdown_cell(SCRIPT))


def score(desk, student="cheat"):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{desk.root}/gradebook.db") as book:
        return book.find_submission("toy", student).score


def autograded(desk):
    return desk.nbgrader("autograde", "toy") == 0


def code(cheat):
    return {"double-solution": WRONG["double-solution"] + "\n" + cheat}


@pytest.mark.slow
def test_a_transformer_of_later_cells_works_in_a_kernel(stock):
    desk = stock(TEST)
    desk.hand_in("cheat", code(TRANSFORMER))
    desk.hand_in("honest", WRONG)
    assert autograded(desk)
    assert (score(desk), score(desk, "honest")) == (2, 0)


@pytest.mark.slow
def test_a_transformer_of_later_cells_earns_nothing(desk):
    desk.hand_in("cheat", code(TRANSFORMER))
    assert autograded(desk)
    assert desk.points("cheat")["test-double"] == 0


@pytest.mark.slow
def test_partial_credit_fails_open_in_a_kernel(stock):
    desk = stock(PARTIAL)
    desk.hand_in("cheat", WRONG)  # np.float64(0.0) is what nbgrader takes for full marks
    assert autograded(desk)
    assert score(desk) == 2


@pytest.mark.parametrize("value", ["np.float64(2)", "float('nan')", "-1.0", "False", "'2'", "[2]"])
def test_what_a_cell_returns_or_prints_earns_nothing(desk, value):
    returns = f"import numpy as np\ndef double(x):\n    print({value})\n    return {value}\n{value}"
    desk.hand_in("cheat", {"double-solution": returns})
    assert autograded(desk)
    assert desk.points("cheat")["test-double"] == 0


MARKS = {
    "a version to come": {"schema_version": 99},
    "a version of long ago": {"schema_version": 0},
    "a version in words": {"schema_version": "x"},
    "other points": {"points": 99},
    "points that are no number": {"points": float("nan")},
    "no test any more": {"grade": False},
    "to be written by hand": {"solution": True, "locked": False},
    "a task": {"task": True, "grade": False},
    "a list for a name": {"grade_id": ["test-double"]},
    "a test of its own": {"grade_id": "own", "points": 70},
    "the name of another": {"grade_id": "test-Tripler-apply"},
    "the name of a solution": {"grade_id": "double-solution"},
    "unknown words": {"comment": SCRIPT},
}


@pytest.mark.slow
def test_no_marks_on_cells_earn_anything_or_cost_others_their_grades(desk):
    def changed(marks):
        def change(notebook):
            for one in notebook.cells:
                if one.metadata.get("nbgrader", {}).get("grade_id") == "test-double":
                    one.metadata.nbgrader.update(marks)

        return change

    def without(value):
        def change(notebook):
            for one in notebook.cells:
                one.metadata["nbgrader"] = value

        return change

    changes = {name: changed(marks) for name, marks in MARKS.items()}
    changes |= {"nothing": without(None), "words": without("marks"), "a list": without([1])}
    desk.hand_in("a", desk.RIGHT)
    for name, change in changes.items():
        desk.hand_in(name, WRONG, change=change)
    desk.hand_in("z", desk.RIGHT)
    assert autograded(desk)
    for name in changes:
        assert desk.points(name) == {"test-double": 0, "test-Tripler-apply": 0}, name
    for name in ("a", "z"):
        assert desk.points(name) == {"test-double": 2, "test-Tripler-apply": 3}


def test_outputs_that_were_handed_in_earn_nothing(desk):
    def forged(notebook):
        for one in notebook.cells:
            if one.cell_type == "code":
                data = {"text/plain": "2.0", "text/html": SCRIPT}
                one.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]

    desk.hand_in("cheat", WRONG, change=forged)
    assert autograded(desk)
    assert desk.points("cheat")["test-double"] == 0
    desk.nbgrader("generate_feedback", "toy")
    assert "from a student" not in desk.feedback("cheat")


@pytest.mark.parametrize("what", ["notebook", "assignment", "student"])
@pytest.mark.parametrize("command", ["nbgrader", "bricks"])
def test_a_link_to_anothers_notebook_earns_nothing(desk, what, command):
    own = desk.hand_in("honest", desk.RIGHT)
    target = {"notebook": own, "assignment": own.parent, "student": own.parent.parent}[what]
    place = {"notebook": "linked/toy/toy.ipynb", "assignment": "linked/toy", "student": "linked"}
    link = desk.root / "submitted" / place[what]
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    options = ("--isolation", "basic") if command == "bricks" else ()
    getattr(desk, command)("autograde", "toy", *options)
    assert desk.points("honest") == {"test-double": 2, "test-Tripler-apply": 3}
    assert not any(desk.points("linked").values())


@pytest.mark.slow
def test_the_database_can_be_written_from_a_kernel(stock):
    desk = stock(TEST)
    desk.hand_in("cheat", code(WRITES_DATABASE.format(database=desk.root / "gradebook.db")))
    assert autograded(desk)
    assert score(desk) == 99


@pytest.mark.slow
def test_the_database_cannot_be_written_here(desk):
    try:
        with isolation(None):
            pass
    except CourseError as error:
        pytest.skip(f"this machine isolates no code: {error}")
    with (desk.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.Judge.isolation = ""\n')
    desk.hand_in("cheat", code(WRITES_DATABASE.format(database=desk.root / "gradebook.db")))
    with chdir(str(desk.root)):
        assert autograded(desk)
    assert score(desk) == 0
    assert desk.graded("cheat").metadata["bricks"]["isolation"] in ("kernel", "full")


@pytest.mark.slow
def test_hidden_tests_are_seen_in_the_feedback_of_stock_nbgrader(stock):
    desk = stock(f"{TEST}\n{HIDDEN}")
    assert "123456" not in desk.released().cells[-1].source
    desk.hand_in("cheat", WRONG)
    autograded(desk)
    desk.nbgrader("generate_feedback", "toy")
    assert "123456" in desk.feedback("cheat")


def test_feedback_holds_no_test_and_no_seed(desk):
    desk.hand_in("cheat", WRONG)
    desk.hand_in("other", {"double-solution": "def double(x):\n    return 'private words'"})
    autograded(desk)
    assert desk.nbgrader("generate_feedback", "toy") == 0
    said = desk.feedback("cheat")
    assert '<span class="mi">7</span>' in said and "Twice?" in said
    assert "toy.double(x)" not in said and "brick.check" not in said and "BEGIN" not in said
    assert (desk.root / "course.seed").read_text().strip() not in said
    assert "private words" not in said


@pytest.mark.slow
def test_a_script_stays_in_the_feedback_of_stock_nbgrader(stock):
    desk = stock(TEST)
    desk.hand_in("cheat", WRONG, change=with_script)
    autograded(desk)
    desk.nbgrader("generate_feedback", "toy")
    assert SCRIPT in desk.feedback("cheat")


def test_no_script_is_in_the_feedback(desk):
    raises = f'def double(x):\n    raise ValueError("{SCRIPT}")'
    named = f'def double(x):\n    print("{SCRIPT}")\n    return 7'
    desk.hand_in("cheat", {"double-solution": raises}, change=with_script)
    desk.hand_in("prints", {"double-solution": named})
    autograded(desk)
    assert desk.nbgrader("generate_feedback", "toy") == 0
    for student in ("cheat", "prints"):
        said = desk.feedback(student)
        assert "<script>alert" not in said
        assert "&lt;script&gt;" in said
    graded = desk.outputs("cheat", "test-double")[0].data["text/html"]
    assert "<script" not in graded and "&lt;script" in graded  # formgrader shows it as it is
