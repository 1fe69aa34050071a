"""Stubs are what the generator makes of the solutions, and give no solution away."""

import ast
import inspect
import re

import pytest

from grader.author import commands
from grader.author.build import build, out_of_date, stub, with_finished
from grader.cli import main
from grader.course import Course
from grader.desk.stubs import BEGIN, END
from grader.proofread.marks import regions as regions_in
from grader.runner.loading import loaded
from grader.source import Source

BRICKS = ["neuron", "layer", "mlp", "convolution", "cnn", "training", "features", "transfer"]

SMALL = '''\
# %% [markdown]
# # A small brick

# %%
import numpy as np


# %%
def first(x):
    """Does the first thing."""
    ### BEGIN SOLUTION
    first_secret = x + helper_of_the_solution()
    return first_secret
    ### END SOLUTION


# %%
class Thing:
    """Has two methods."""

    def __init__(self, n):
        self.n = n
        ### BEGIN SOLUTION
        self.second_secret = n
        ### END SOLUTION

    def double(self):
        ### BEGIN SOLUTION
        return 2 * self.second_secret
        ### END SOLUTION


# %% tags=["solution"]
def helper_of_the_solution():
    return 1


# %%
def last(x):
    def inner(y):
        return y

    ### BEGIN SOLUTION
    return inner(x)
    ### END SOLUTION
'''


def text_of(path):
    return path.read_text(encoding="utf-8")


def solution(course, brick):
    return text_of(course.solutions / f"{brick}.py")


def regions(source):
    """The lines that a student has to write."""
    inside, found = False, []
    for line in source.splitlines():
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif inside:
            found.append(line.strip())
    return found


def unwritten(source):
    """Dotted names of the functions that hold a solution region."""
    found = []

    def visit(node, names):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = (*names, node.name)
        if isinstance(node, ast.FunctionDef) and BEGIN in ast.get_source_segment(source, node):
            found.append(".".join(names))
        for child in ast.iter_child_nodes(node):
            visit(child, names)

    visit(ast.parse(source), ())
    return found


def test_the_committed_stubs_are_up_to_date(course):
    assert set(course.bricks) == set(BRICKS)
    assert out_of_date(course) == []


@pytest.mark.long
def test_build_check_says_so(checkout):
    run = checkout.bricks("build", "--check")
    assert (run.returncode, run.stderr) == (0, "")
    assert "All stubs are up to date." in run.stdout


@pytest.fixture
def bricks(checkout, capsys, monkeypatch):
    """Runs a command on the checkout; the examples of solutions are another test's."""
    monkeypatch.setattr(commands, "wrong_examples", lambda *_: [])

    def bricks(*arguments):
        status = main([*arguments, "--course", str(checkout.root)])
        said = capsys.readouterr()
        return status, said.out + said.err

    return bricks


def add_a_line(path):
    path.write_text(text_of(path) + "\nMORE = 1\n", encoding="utf-8")


@pytest.mark.long
def test_a_changed_solution_is_named_and_its_stub_is_written(checkout, bricks):
    add_a_line(checkout.root / "solutions" / "layer.py")
    status, said = bricks("build", "--check")
    assert status == 1
    assert re.search(r"exercises.layer\.py is out of date", said)
    assert "mlp.py" not in said
    status, said = bricks("build")
    assert status == 0
    assert re.search(r"exercises.layer\.py written", said)
    assert bricks("build", "--check")[0] == 0


@pytest.mark.long
def test_a_stub_that_was_edited_since_the_last_build_is_never_overwritten_unseen(checkout, bricks):
    bricks("build")
    stub_file = checkout.root / "exercises" / "layer.py"
    add_a_line(checkout.root / "solutions" / "mlp.py")
    add_a_line(stub_file)
    edited, before = text_of(stub_file), text_of(checkout.root / "exercises" / "mlp.py")
    status, said = bricks("build")
    assert status == 2
    assert re.match(
        r"bricks: Nothing is written, since exercises.layer\.py was edited here: ", said
    )
    assert said.count("\n") == 1
    assert text_of(stub_file) == edited
    assert text_of(checkout.root / "exercises" / "mlp.py") == before
    status, said = bricks("build", "--force")
    assert status == 0
    assert re.search(r"exercises.layer\.py written\n", said)
    assert bricks("build", "--check")[0] == 0


@pytest.mark.slow
def test_what_the_last_build_wrote_is_replaced_without_a_word(checkout, bricks):
    bricks("build")
    add_a_line(checkout.root / "solutions" / "layer.py")
    assert re.search(r"exercises.layer\.py written\n", bricks("build")[1])


@pytest.mark.long
def test_without_a_record_written_functions_are_left_and_of_the_rest_there_is_a_copy(
    checkout, bricks
):
    """As in a fresh clone."""
    checkout.solve("neuron")
    own = text_of(checkout.root / "exercises" / "neuron.py")
    status, said = bricks("build")
    assert status == 2 and re.search(r"since exercises.neuron\.py was edited", said)
    assert text_of(checkout.root / "exercises" / "neuron.py") == own
    (checkout.root / "exercises" / "neuron.py").unlink()
    path = checkout.root / "exercises" / "layer.py"
    add_a_line(path)
    edited = text_of(path)
    status, said = bricks("build")
    assert status == 0
    copy = re.search(r"layer\.py written; what was there is in (\S+)", said)[1]
    assert text_of(checkout.root / copy) == edited


@pytest.mark.slow
def test_a_file_that_is_no_python_counts_as_edited(checkout, bricks):
    (checkout.root / "exercises" / "layer.py").write_text("def half(:\n")
    assert bricks("build")[0] == 2


def test_a_missing_stub_is_written_again(checkout):
    path = checkout.root / "exercises" / "mlp.py"
    before = path.read_bytes()
    path.unlink()
    course = Course(checkout.root)
    assert out_of_date(course) == [path]
    assert build(course) == {path: None}
    assert path.read_bytes() == before
    assert build(course) == {}


@pytest.mark.parametrize("brick", BRICKS)
def test_no_line_of_a_solution_is_in_its_stub(course, brick):
    source = solution(course, brick)
    made = stub(source)
    secret = [line for line in regions(source) if len(line) > 15 and not line.startswith("#")]
    kept = source
    for line in secret:
        kept = kept.replace(line, "", 1)
    given_away = [line for line in secret if line in made and line not in kept]
    assert len(secret) > 5
    assert given_away == []
    assert BEGIN not in made and END not in made


@pytest.mark.parametrize("brick", BRICKS)
def test_everything_in_a_stub_is_not_written_and_names_itself(course, brick):
    stubs = [text_of(course.exercises / f"{b}.py") for b in (*course.predecessors(brick), brick)]
    names = [*course.predecessors(brick), brick]
    sources = [Source(n, f"{n}.py", text.encode()) for n, text in zip(names, stubs, strict=True)]
    called = []
    with loaded(sources) as module:
        own = [v for v in vars(module).values() if getattr(v, "__module__", None) == brick]
        functions = [f for f in own if inspect.isfunction(f)]
        for one in [c for c in own if inspect.isclass(c)]:
            functions += [f for f in vars(one).values() if inspect.isfunction(f)]
        for function in functions:
            parameters = inspect.signature(function).parameters.values()
            arguments = [None for it in parameters if it.kind is not it.VAR_KEYWORD]
            with pytest.raises(NotImplementedError) as caught:
                function(*arguments)
            assert str(caught.value) == function.__qualname__
            called.append(function.__qualname__)
    assert sorted(called) == sorted(unwritten(solution(course, brick)))


@pytest.mark.parametrize("brick", BRICKS)
def test_names_parameters_and_docstrings_of_the_solution_are_in_the_stub(course, brick):
    def promised(source):
        return [
            (node.name, ast.unparse(node.args), ast.get_docstring(node))
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef)
        ]

    made = promised(stub(solution(course, brick)))
    assert set(made) <= set(promised(solution(course, brick)))
    assert all(docstring for _, _, docstring in made)


def test_a_small_stub_in_full():
    made = stub(SMALL)
    assert "secret" not in made
    assert "helper_of_the_solution" not in made
    assert re.findall(r'NotImplementedError\("(.*)"\)', made) == [
        "first", "Thing.__init__", "Thing.double", "last",
    ]  # fmt: skip
    assert '"""Does the first thing."""' in made
    assert "        self.n = n\n" in made
    assert "    def inner(y):\n        return y\n" in made


@pytest.mark.parametrize(
    ("finished", "missing"),
    [
        (0, ["first", "Thing.__init__", "Thing.double", "last"]),
        (1, ["Thing.__init__", "Thing.double", "last"]),
        (2, ["last"]),
        (3, []),
        (9, []),
    ],
)
def test_the_first_finished_cells_are_kept(finished, missing):
    made = stub(SMALL, finished=finished)
    assert re.findall(r'NotImplementedError\("(.*)"\)', made) == missing
    assert ("first_secret" in made) == (finished >= 1)
    assert ("second_secret" in made) == (finished >= 2)
    assert BEGIN not in made and END not in made
    compile(made, "small.py", "exec")


def test_a_finished_brick_works_like_its_solution():
    with loaded([Source("small", "small.py", stub(SMALL, finished=3).encode())]) as small:
        assert small.first(1) == 2
        assert small.Thing(3).double() == 6
        assert small.last(4) == 4


@pytest.mark.parametrize("finished", [[], ["first"], ["Thing.double"], ["last", "first"]])
def test_just_the_named_functions_are_written(finished):
    names = [name for name, _, _ in regions_in(SMALL)]
    assert names == ["first", "Thing.__init__", "Thing.double", "last"]
    made = with_finished(SMALL, finished)
    missing = re.findall(r'NotImplementedError\("(.*)"\)', made)
    assert missing == [name for name in names if name not in finished]
    assert BEGIN not in made and END not in made
    compile(made, "small.py", "exec")


def test_the_stub_of_a_stub_is_itself():
    assert stub(stub(SMALL)) == stub(SMALL)
