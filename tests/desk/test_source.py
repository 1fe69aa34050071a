"""Source notebooks: points and ids, nbgrader's own opinion of them, and what students get."""

import ast
import json
import subprocess
import sys

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from grader.author.build import build, out_of_date
from grader.course import Course
from grader.desk.grade_ids import id_of_test, part_of
from grader.desk.source import as_text, source_notebook, source_path, student_notebook
from grader.desk.stubs import BEGIN, END
from grader.notebook import source_in
from grader.runner.loading import loaded

BRICKS = ["neuron", "layer", "mlp", "convolution", "cnn", "training", "features", "transfer"]


def marks(notebook):
    return [
        cell["metadata"]["nbgrader"] for cell in notebook["cells"] if "nbgrader" in cell["metadata"]
    ]


@pytest.mark.parametrize("brick", BRICKS)
def test_twenty_points_in_a_cell_for_each_part(course, brick):
    notebook = json.loads(source_notebook(course, brick))
    tests = {mark["grade_id"]: mark["points"] for mark in marks(notebook) if mark["grade"]}
    assert tests == {id_of_test(part): n for part, n in course.bricks[brick].parts.items()}
    assert sum(tests.values()) == 20
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(ids) == len(set(ids))
    MetadataValidator().validate_nb(nbformat.from_dict(notebook))
    nbformat.validate(nbformat.from_dict(notebook))


def test_a_test_stands_after_the_cell_that_it_tests(course):
    notebook = json.loads(source_notebook(course, "layer"))
    order = [mark["grade_id"] for mark in marks(notebook)]
    assert order[:4] == ["setup", "one_hot-solution", "test-one_hot", "softmax-solution"]
    dense = order.index("Dense-solution")
    assert order[dense + 1 : dense + 5] == [
        "test-Dense", "test-Dense-forward", "test-Dense-backward", "test-Dense-step",
    ]  # fmt: skip
    assert order[-1] == "test-MNIST"
    assert part_of(course.bricks["layer"], "test-Dense-step") == "Dense.step"
    assert part_of(course.bricks["layer"], "Dense-solution") is None


@pytest.mark.parametrize("brick", BRICKS)
def test_the_students_notebook_is_the_stub_and_no_solution(course, brick):
    made = student_notebook(course, brick)
    stub = (course.exercises / f"{brick}.py").read_text(encoding="utf-8")
    code = source_in(brick, json.dumps(made).encode()).code
    without_pass = [n for n in ast.parse(code).body if not isinstance(n, ast.Pass)]
    assert [*map(ast.dump, without_pass)] == [*map(ast.dump, ast.parse(stub).body)]
    assert BEGIN not in as_text(made)


def test_formulas_are_left_to_jupyter(course):
    cells = json.loads(source_notebook(course, "layer"))["cells"]
    text = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert "$$z = x W + b" in text


@pytest.mark.slow
def test_a_change_in_a_solution_is_out_of_date_in_both_and_mended(desk):
    course = Course(desk.root)
    assert out_of_date(course) == []
    solution = desk.root / "solutions" / "toy.py"
    solution.write_text(solution.read_text() + "\nMORE = 1\n")
    assert out_of_date(course) == [desk.root / "exercises" / "toy.py", source_path(course, "toy")]
    build(course)
    assert out_of_date(course) == []


def test_the_solution_in_the_source_notebook_is_the_solution(desk):
    path = source_path(Course(desk.root), "toy")
    with loaded([source_in("toy", path.read_bytes())]) as toy:
        assert (toy.double(2), toy.Tripler().apply(2)) == (4, 6)


def warnings_of(desk, *arguments):
    """What nbgrader's own command writes beside its information, in a process of its own."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    run = subprocess.run(command, cwd=desk.root, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    assert "| INFO] Converting notebook" in run.stderr
    return [line for line in run.stderr.splitlines() if "| INFO]" not in line]


@pytest.mark.long
def test_generate_assignment_has_nothing_to_say_on_the_course(whole):
    for brick in BRICKS:
        assert warnings_of(whole, "generate_assignment", brick) == []
        written = as_text(whole.released(brick))
        assert written == as_text(student_notebook(Course(whole.root), brick))


@pytest.mark.slow
def test_a_warning_of_nbgraders_would_be_seen(desk):
    with (desk.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.ClearOutput.no_such_setting = 1\n")
    said = warnings_of(desk, "generate_assignment", "toy", "--force")
    assert any("no_such_setting" in line for line in said)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("X = 3", "solutions/toy.py, line 8: a solution must stand in a function or a class."),
        ("def double(x", "solutions/toy.py, line 9: SyntaxError: '(' was never closed."),
    ],
)
def test_a_solution_that_makes_no_cell_is_one_sentence(desk, capsys, cell, words):
    text = f"# %% [markdown]\n# # A toy\n\n# %%\nA = 1\n\n# %%\n{BEGIN}\n{cell}\n{END}\n"
    (desk.root / "solutions" / "toy.py").write_text(text)
    assert desk.bricks("build") == 2
    assert words in capsys.readouterr().err
