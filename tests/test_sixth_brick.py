"""A sixth brick is new content files alone: stub, self-check, grading and release know it."""

import ast
import re

import pytest

SOLUTION = '''# %% [markdown]
# # Brick 6: doubling

# %%
def double(x):
    """Twice x, any shape."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
'''

CHECKS = """
from grader import Brick

brick = Brick("doubling", order=6, title="Doubling", builds_on=("layer",))


@brick.check("double", points=20, called="double(x)", hint="How much is twice as much?",
             inputs=lambda rng: {"x": rng.normal(size=3)})
def values(doubling, x):
    return {"double(x)": doubling.double(x)}
"""

MISTAKES = """
from grader.misconception import misconception


@misconception("x is squared.", "Twice 3 is 6: what do you get?", idea="model")
def squared(doubling):
    doubling.double = lambda x: x * x
"""


@pytest.mark.long
def test_a_sixth_brick_is_added_with_new_files_alone(checkout):
    (checkout.root / "solutions" / "doubling.py").write_text(SOLUTION)
    (checkout.root / "solutions" / "misconceptions" / "doubling.py").write_text(MISTAKES)
    (checkout.root / "exercises" / "test_doubling.py").write_text(CHECKS)
    assert "doubling.py written" in checkout.bricks("build").stdout
    assert "doubling     not started" in checkout.pytest().stdout
    checkout.solve("doubling")
    assert "20 of 20" in checkout.pytest("-k", "doubling").stdout
    for student, old, new in (("right", "", ""), ("wrong", "2 * x", "x * x")):
        place = checkout.root / "submitted" / student
        place.mkdir(parents=True)
        (place / "doubling.py").write_text(SOLUTION.replace(old, new))
    checkout.bricks("grade", "submitted", "--out", "out", "--brick", "doubling")
    table = (checkout.root / "out" / "grades.csv").read_text().splitlines()
    rows = [row.replace('"', "") for row in table]
    assert rows == ["student,doubling,total", "right,20,20", "wrong,0,0"]


# Words that the engine needs for what they mean: with these, only a file or a module counts.
ORDINARY = {"training", "features", "transfer"}


def brick_names_in(code, bricks):
    """Names of bricks as identifiers, attributes, parts of them, or words of a string that runs.

    Comments and docstrings may give examples.
    """
    tree = ast.parse(code)
    docs = [
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node, clean=False) is not None
    ]
    texts = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            value = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            texts += [] if node in docs else [value]
        for field in ("id", "attr", "name", "arg", "asname", "module", "rest"):
            value = getattr(node, field, None)
            texts += [value] if isinstance(value, str) else []
        texts += getattr(node, "names", []) if isinstance(node, ast.Global | ast.Nonlocal) else []
    words = {word.lower() for text in texts for word in re.findall(r"[A-Za-z]+", text)}
    strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and n not in docs]
    imported = [n.name for n in ast.walk(tree) if isinstance(n, ast.alias)]
    as_files = {
        name
        for name in ORDINARY
        for text in (*imported, *(s for s in strings if isinstance(s, str)))
        if re.search(rf"^{name}$|\b(test_|show_)?{name}\.(py|ipynb)\b", text)
    }
    return (words - ORDINARY | as_files) & set(bricks)


@pytest.mark.parametrize(
    "code",
    ['x = "neuron"', "x = 'neuron'", "x = course.neuron", "def neuron(): pass", "import neuron",
     "from neuron import f", "f(neuron=1)", "x = f'{y}/neuron.py'", "x = '''the neuron'''",
     "def has_neuron(x): pass", "x = b'neuron'", "class Neuron: pass", "def f(neuron): pass",
     "import a as neuron"],
)  # fmt: skip
def test_a_name_of_a_brick_is_seen_however_it_is_written(code):
    assert brick_names_in(code, ["neuron", "cnn"]) == {"neuron"}


def test_an_ordinary_word_names_a_brick_only_where_it_is_a_string_or_a_file():
    for code in ("f(training=True)", 'x = "only training changes them"', "training = 3"):
        assert brick_names_in(code, ["training"]) == set()
    for code in ('x = bricks["training"]', 'x = "test_training.py"', "import training"):
        assert brick_names_in(code, ["training"]) == {"training"}


def test_a_comment_or_a_docstring_may_give_an_example():
    code = '"""As neuron.py."""\ndef f():\n    """Of a neuron."""\n    return 1  # the neuron\n'
    assert brick_names_in(code, ["neuron"]) == set()
    assert brick_names_in("neurons = 3", ["neuron"]) == set()


def test_the_engine_names_no_brick(course):
    found = {
        path.relative_to(course.root).as_posix(): names
        for path in (course.root / "grader").rglob("*.py")
        if (names := brick_names_in(path.read_text(encoding="utf-8"), course.bricks))
    }
    assert found == {}


def test_the_engine_imports_no_content(course):
    for path in (course.root / "grader").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {n.split(".")[0] for n in names} & {"exercises", "solutions", "source"}, path
