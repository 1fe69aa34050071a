"""Which file is a student's brick: one rule, and the same answer through every door."""

import json
import re

import nbformat
import pytest

from grader.classroom.session import handed, siblings
from grader.classroom.task import Task
from grader.course import Course
from grader.desk.submitted import uploads_in
from grader.outcome import Unloadable
from grader.selfcheck.notebook_imports import read_earlier
from grader.submission import files_of, handed_from, positions
from grader.submissions.beside import MAX_FILE, copy_beside
from grader.submissions.find import find_class

pytestmark = pytest.mark.slow

TOY = """
from grader import Brick

brick = Brick("{name}", order={order}, title="A toy", builds_on={builds_on})


@brick.check("f", points=1, called="f()", hint="?")
def value(toy):
    return {{"f()": toy.f()}}
"""


@pytest.fixture
def toys(tmp_path):
    """A course of two bricks, and a student's folder beside it."""
    for name, order, builds_on in (("one", 1, ()), ("two", 2, ("one",))):
        path = tmp_path / "course" / "exercises" / f"test_{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TOY.format(name=name, order=order, builds_on=builds_on))
    return Course(tmp_path / "course")


def put(folder, *names):
    """Files of bricks whose text is their own name."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = f"name = {name!r}"
        if path.suffix == ".ipynb":
            cell = nbformat.v4.new_code_cell(text)
            text = json.dumps(nbformat.v4.new_notebook(cells=[cell]))
        path.write_text(text)


def name_in(source):
    """The name of the file that a source was read from."""
    if source is None or isinstance(source, Unloadable):
        return None
    text = source.code.decode()
    return text[text.index("name = ") :].split("'")[1]


DOORS = {
    "pytest": lambda course, folder: handed_from(course, folder)["one"],
    "%check": lambda course, folder: read_earlier(["one"], folder).get("one"),
    "nbgrader": lambda course, folder: (
        found["one"].source() if "one" in (found := uploads_in(course, folder, {})) else None
    ),
}
LAYOUTS = {
    "a module beside": (["two.ipynb", "one.py"], "one.py"),
    "a notebook beside": (["two.ipynb", "one.ipynb"], "one.ipynb"),
    "both beside": (["two.ipynb", "one.ipynb", "one.py"], "one.py"),
    "in a folder of its own": (["two/two.ipynb", "one/one.ipynb"], "one/one.ipynb"),
    "both in a folder of its own": (["two/two.ipynb", "one/one.ipynb", "one/one.py"], "one/one.py"),
    "beside and in its own": (["two/two.ipynb", "two/one.py", "one/one.py"], "two/one.py"),
    "a notebook beside, a module in its own": (
        ["two/two.ipynb", "two/one.ipynb", "one/one.py"], "one/one.py"
    ),
    "elsewhere": (["two/two.ipynb", "other/one.ipynb"], None),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_brick_beside_another_is_the_same_file_through_every_door(toys, tmp_path, layout, door):
    names, taken = LAYOUTS[layout]
    put(tmp_path / "class" / "ada", *names)
    folder = (tmp_path / "class" / "ada" / names[0]).parent
    assert name_in(DOORS[door](toys, folder)) == taken


@pytest.mark.parametrize(
    "layout",
    [
        name
        for name, (names, taken) in LAYOUTS.items()
        if taken and "two/" not in taken and not name.startswith("both")
    ],
)
def test_bricks_grade_takes_the_same(tmp_path, layout):
    names, taken = LAYOUTS[layout]
    put(tmp_path / "class" / "ada", *names)
    [ada] = find_class(tmp_path / "class", ["one", "two"]).students
    assert name_in(ada.files["one"].source()) == taken


def test_bricks_grade_gives_a_brick_what_lies_beside_it(tmp_path):
    put(tmp_path / "class" / "ada", *LAYOUTS["beside and in its own"][0])
    found = find_class(tmp_path / "class", ["one", "two"])
    [ada] = found.students
    assert name_in(ada.files["one"].source()) == "one/one.py"
    task = Task("ada", handed(ada), ("two",), siblings(ada))
    assert name_in(task.seen_from("two")["one"]) == "two/one.py"
    assert name_in(task.seen_from("one")["one"]) == "one/one.py"
    assert [remark.text for remark in found.remarks] == ["ada: two imports one from two/one.py."]


@pytest.mark.long
def test_it_is_said_which_file_is_taken(checkout):
    checkout.solve("neuron")
    put(checkout.root / "exercises", "neuron.ipynb")
    said = "neuron is there as exercises/neuron.py and exercises/neuron.ipynb: "
    for more in ((), ("-n", "2")):
        run = checkout.pytest("-k", "sigmoid_values", *more)
        assert run.stdout.count(said + "exercises/neuron.py is taken.") == 1


def test_a_notebook_alone_is_checked_by_pytest(checkout):
    (checkout.root / "exercises" / "neuron.py").unlink()
    cell = nbformat.v4.new_code_cell((checkout.root / "solutions" / "neuron.py").read_text())
    nbformat.write(
        nbformat.v4.new_notebook(cells=[cell]), checkout.root / "exercises" / "neuron.ipynb"
    )
    assert "1 passed" in checkout.pytest("-k", "sigmoid_values").stdout


def test_the_rule_is_the_one_that_the_page_names(course):
    page = (course.root / "docs" / "submissions.md").read_text()
    listed = re.findall(r"^\d\. `(<brick>.*?)`", page, re.MULTILINE)
    assert listed == ["/".join(path) for path in positions("<brick>")]


def test_a_link_or_a_folder_in_place_of_a_brick_is_taken_and_refused(toys, tmp_path):
    (tmp_path / "ada" / "one.py").mkdir(parents=True)
    put(tmp_path / "ada", "one.ipynb")
    assert files_of("one", tmp_path / "ada")[0].name == "one.py"
    assert isinstance(handed_from(toys, tmp_path / "ada")["one"], Unloadable)


def test_a_notebook_with_large_outputs_is_copied_and_other_large_files_are_not(tmp_path):
    handed, target = tmp_path / "handed", tmp_path / "target"
    handed.mkdir()
    for name in ("one.ipynb", "data.csv"):
        (handed / name).write_bytes(b"x" * (MAX_FILE + 1))
    [left] = copy_beside(handed, target)
    assert left.path == "data.csv"
    assert (target / "one.ipynb").stat().st_size == MAX_FILE + 1
