"""A slip of an author is one sentence with file and line, before anything runs."""
# ruff: noqa: E501, RUF043

import re
import shutil

import pytest

from grader.author.build import solution_of
from grader.course import Course, CourseError
from grader.proofread import read_before
from grader.proofread.course import proofread, slips

SOLUTION = '''# %% [markdown]
# # Brick: doubling

# %%
import numpy as np


# %%
def double(x):
    """Twice x, any shape.

    >>> double(np.array([1.0, 2.5]))
    array([2., 5.])
    """
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %%
class Scale:
    """Multiplies by a factor."""

    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        """factor times x."""
        ### BEGIN SOLUTION
        return self.factor * x
        ### END SOLUTION
'''
CHECKS = '''"""Self-checks of doubling.py."""

from grader import Brick

brick = Brick("doubling", order=1, title="Doubling", worth=20)


def numbers(rng):
    return {"x": rng.normal(size=rng.integers(3, 9))}


@brick.check(
    "double",
    points=8,
    called="double(x)",
    hint="How much is twice as much?",
    inputs=numbers,
)
def values(doubling, x):
    return {"double(x)": doubling.double(x)}


def scaled(rng):
    return {"x": rng.normal(size=rng.integers(3, 9)), "factor": rng.normal()}


@brick.check(
    "Scale.forward",
    points=12,
    called="Scale(factor).forward(x)",
    hint="What does a factor do?",
    inputs=scaled,
    needs=("values",),
)
def scales(doubling, x, factor):
    return {"Scale(factor).forward(x)": doubling.Scale(factor).forward(x)}


brick.hints("double", look="Look at the factor.", example="Twice 3 is 6.", formula="a sum of two")
brick.hints("Scale.forward", look="Look.", example="3 times 2 is 6.", formula="a product")
brick.able = {"double": "It can double."}
'''
MISCONCEPTIONS = """from grader.misconception import misconception


@misconception("x is squared.", "Twice 3 is 6: what do you get?", idea="model")
def squared(doubling):
    doubling.double = lambda x: x * x


@misconception("The factor is added.", "What is 2 times 3?", idea="model")
def factor_added(doubling):
    doubling.Scale.forward = lambda self, x: self.factor + x
"""
PICTURES = '''"""Pictures."""
from grader.pictures.drawing import curves
from grader.pictures.gallery import Gallery

brick = Gallery("doubling")


def draw(figure, values, inputs):
    curves(figure.subplots(), {"twice": (range(3), values["y"])}, "x", "y")
    return {"n": 3}


def line(rng):
    return {"x": rng.normal(size=3)}


@brick.picture(
    "Twice", parts=("double",), caption="{n} numbers. Twice.", alt="A line.", draw=draw, inputs=line
)
def twice(doubling, x):
    return {"y": doubling.double(x)}
'''

FILES = {
    "solutions/doubling.py": SOLUTION,
    "exercises/test_doubling.py": CHECKS,
    "solutions/misconceptions/doubling.py": MISCONCEPTIONS,
    "exercises/show_doubling.py": PICTURES,
}
IN_CHECKS = [
    ("points=8,", "points=8", "line 14: SyntaxError: invalid syntax. Perhaps you forgot a comma?"),
    (
        '("values",)',
        '("valuess",)',
        "line 33: doubling/scales needs 'valuess', and there is no such check.",
    ),
    (
        '("values",)',
        '("values")',
        "line 33: doubling/scales: 'values' is text where names are due: one name is ('values',), with a comma.",
    ),
    (
        '    hint="What does a factor do?",\n',
        "",
        "line 27: TypeError: Brick.check() missing 1 required keyword-only argument: 'hint'.",
    ),
    (
        "inputs=scaled",
        "input=scaled",
        "line 27: TypeError: Check.__init__() got an unexpected keyword argument 'input'.",
    ),
    (
        'return {"double(x)": doubling.double(x)}',
        "return doubling.double(x)",
        "line 20: values returns no dict: a probe returns a dict of values by name, such as {'doubling.double(x)': doubling.double(x)}.",
    ),
    (
        'return {"double(x)": doubling.double(x)}',
        "y = doubling.double(x)",
        "line 19: values returns nothing: a probe returns a dict of values by name, such as {'y': y}.",
    ),
    (
        'return {"double(x)": doubling.double(x)}',
        "return doubling.double(x), x",
        "line 20: values returns no dict: a probe returns a dict of values by name, such as {'y': y}.",
    ),
    ("def scales(", "def values(", "line 27: doubling has two checks named values."),
    (
        "points=12",
        'points="12"',
        "line 35: doubling/scales: its points are '12', and must be a whole number from 1 on.",
    ),
    (
        "points=12",
        "points=0",
        "line 35: doubling/scales: its points are 0, and must be a whole number from 1 on.",
    ),
    (
        "points=12",
        "points=1.5",
        "line 35: doubling/scales: its points are 1.5, and must be a whole number from 1 on.",
    ),
    (
        "points=12",
        "points=11",
        "line 5: doubling is worth 20 points, and its checks have 19 points together.",
    ),
    (
        'hint="What does a factor do?"',
        'hint=""',
        "line 35: doubling/scales: its hint is '', and must be text.",
    ),
    (
        'hints("double"',
        'hints("doubel"',
        "line 39: there are hints or words on 'doubel', which is no part of doubling.",
    ),
    (
        ', formula="a product"',
        "",
        "line 40: TypeError: Brick.hints() missing 1 required keyword-only argument: 'formula'.",
    ),
    (
        '{"double": "It',
        '{"doubel": "It',
        "line 41: there are hints or words on 'doubel', which is no part of doubling.",
    ),
    (
        "doubling.double(x)}",
        "doubling.doubel(x)}",
        "line 20: solutions/doubling.py has no doubel: did you mean double?",
    ),
    (
        "def scales(doubling, x, factor)",
        "def scales(doubling, x, factr)",
        "line 36: factor is defined nowhere.",
    ),
    (
        '"factor": rng.normal()',
        '"factr": rng.normal()',
        "line 35: doubling/scales names 'factor', and its inputs are: x, factr.",
    ),
    (
        '"factor": rng.normal()',
        '"factor": rng.normall()',
        "line 24: AttributeError: 'numpy.random._generator.Generator' object has no attribute 'normall'.",
    ),
    (
        "inputs=scaled",
        "inputs=scaled(0)",
        "line 24: AttributeError: 'int' object has no attribute 'normal'.",
    ),
    (
        "inputs=scaled",
        'inputs={"x": 1}',
        "line 35: doubling/scales: its inputs must be a function, and is {'x': 1}.",
    ),
    (
        'return {"x": rng.normal(size=rng.integers(3, 9)), "f',
        'return 3, {"f',
        "line 35: the inputs of doubling/scales must be a dict, and are tuple.",
    ),
    (
        'Brick("doubling"',
        'Brick("doublin"',
        "line 5: the brick is named 'doublin', and the file says 'doubling'.",
    ),
    (
        "worth=20",
        'worth=20, builds_on=("layr",)',
        "line 5: doubling builds on 'layr', and there is no such brick before it.",
    ),
    (
        ", order=1",
        "",
        "line 5: TypeError: Brick.__init__() missing 1 required positional argument: 'order'.",
    ),
    (
        'called="double(x)"',
        'called="double({x)"',
        "line 15: doubling/values: 'double({x)': expected '}' before end of string.",
    ),
    ("brick.able", "brik.able", "line 41: NameError: name 'brik' is not defined."),
    ("brick.able", "import sys; sys.exit(3)\nbrick.able", "line 41: SystemExit: 3."),
]
IN_SOLUTION = [
    (
        "x\n    ### END SOLUTION",
        "x",
        "line 15: the solution that begins here has no `### END SOLUTION`.",
    ),
    (
        "    ### BEGIN SOLUTION\n    return",
        "    return",
        "line 16: `### END SOLUTION` ends a solution that has no `### BEGIN SOLUTION`.",
    ),
    (
        "x\n    ### END SOLUTION",
        "x\n    ### END SOLUTON",
        "line 17: `### END SOLUTON` is no mark: write `### END SOLUTION`.",
    ),
    (
        "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
        "    return 2 * x",
        "line 9: double has points, and there is no solution in it: nothing is left to write.",
    ),
    ("forward(self, x):", "forward(self, x)", "line 27: SyntaxError: expected ':'."),
    (
        "as np\n",
        "as np\n### BEGIN SOLUTION\nX = 1\n### END SOLUTION\n",
        "line 6: a solution must stand in a function or a class.",
    ),
    ("return 2 * x", "return 2 * y", "line 16: y is defined nowhere."),
    (
        "class Scale:",
        "def double(x):\n    pass\n\n\nclass Scale:",
        "line 21: double is defined in line 9 already.",
    ),
]
IN_MISCONCEPTIONS = [
    (
        '"x is squared."',
        '"x is squared." 3',
        "line 4: SyntaxError: invalid syntax. Perhaps you forgot a comma?",
    ),
    (
        ', idea="model")\ndef squared',
        ")\ndef squared",
        "line 4: TypeError: misconception() missing 1 required positional argument: 'idea'.",
    ),
    (
        "doubling.double =",
        "doubling.doubel =",
        "line 6: squared replaces doubel, and solutions/doubling.py has no such thing: did you mean double?",
    ),
    (
        "Scale.forward",
        "Scale.foward",
        "line 11: factor_added replaces Scale.foward, and solutions/doubling.py has no such thing: did you mean Scale.forward?",
    ),
    ("def factor_added", "def squared", "line 10: squared is defined in line 5 already."),
    ("squared(doubling)", "squared()", "line 5: squared must take one argument, the module."),
    (
        "doubling.double =",
        "doublin.double =",
        "line 6: doublin is defined nowhere that squared can see.",
    ),
    (
        '@misconception("The factor is added.", "What is 2 times 3?", idea="model")',
        "@misconception",
        "line 9: @misconception takes what it says, what it asks, and its idea, in brackets.",
    ),
]
IN_PICTURES = [
    (
        '("double",)',
        '("doubel",)',
        "line 18: twice is a picture of 'doubel', which is no part of doubling.",
    ),
    (
        ' alt="A line.",',
        "",
        "line 17: TypeError: Gallery.picture() missing 1 required keyword-only argument: 'alt'.",
    ),
    (
        'Gallery("doubling")',
        'Gallery("doublin")',
        "line 5: the brick is named 'doublin', and the file says 'doubling'.",
    ),
    (
        "doubling.double(x)",
        "doubling.doubel(x)",
        "line 21: solutions/doubling.py has no doubel: did you mean double?",
    ),
]
SLIPS = [
    (file, *slip)
    for file, own in zip(FILES, (IN_SOLUTION, IN_CHECKS, IN_MISCONCEPTIONS, IN_PICTURES), strict=True)
    for slip in own
]  # fmt: skip


@pytest.fixture
def doubling(checkout):
    """A course of one small brick, without a slip."""
    for folder in ("solutions", "exercises"):
        shutil.rmtree(checkout.root / folder)
    for name, text in FILES.items():
        (checkout.root / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout.root / name).write_text(text)
    return checkout


def slip_into(checkout, file, old, new):
    path = checkout.root / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def test_the_course_has_no_slip(course):
    assert list(slips(course, course.bricks)) == []


def test_the_small_brick_has_none(doubling):
    assert list(slips(Course(doubling.root), ["doubling"])) == []


@pytest.mark.parametrize("file, old, new, said", SLIPS, ids=[said for *_, said in SLIPS])
def test_a_slip_is_a_sentence_with_file_and_line(doubling, file, old, new, said):
    slip_into(doubling, file, old, new)
    with pytest.raises(CourseError) as found:
        proofread(Course(doubling.root))
    where = "/".join(file.split("/")[-2:])
    # Python's own words for a syntax error differ from version to version.
    exact = re.escape(f"{where}, {said}") if "Syntax" not in said else f"{where}, line .*Syntax"
    assert re.match(exact, str(found.value)), found.value


def test_a_solution_that_raises_as_it_is_imported_is_a_slip_and_no_fault(doubling):
    slip_into(doubling, "solutions/doubling.py", "class Scale:", "LIMIT = 1 / 0\n\n\nclass Scale:")
    with pytest.raises(CourseError, match=r"^solutions/doubling.py, line 21: ZeroDivisionError: d"):
        proofread(Course(doubling.root))


def test_a_course_without_a_slip_is_read_once(doubling, monkeypatch, tmp_path):
    monkeypatch.setattr(read_before, "user_cache_path", lambda _: tmp_path / "cache")
    runs = []

    def counted(course, bricks):
        runs.append(bricks)
        return iter(())

    monkeypatch.setattr("grader.proofread.course.slips_in_loading", counted)
    for _ in range(2):
        proofread(Course(doubling.root))
    assert len(runs) == 1
    slip_into(doubling, "exercises/test_doubling.py", "points=8", "points=7")
    for _ in range(2):
        with pytest.raises(CourseError, match="doubling is worth 20 points"):
            proofread(Course(doubling.root))
    slip_into(doubling, "exercises/test_doubling.py", "points=7", "points=8")
    slip_into(doubling, "solutions/doubling.py", "return 2 * x", "return x + x")
    proofread(Course(doubling.root))
    assert len(runs) == 2


def test_build_and_proofread_tell_a_syntax_error_in_the_same_words(doubling):
    slip_into(doubling, "solutions/doubling.py", "return 2 * x", "return 2 *")
    course = Course(doubling.root)
    with pytest.raises(CourseError) as proofreads:
        proofread(course)
    with pytest.raises(CourseError) as builds:
        solution_of(course, "doubling")
    assert str(proofreads.value) == str(builds.value)


def test_a_file_that_is_missing_or_no_text_is_named(doubling):
    path = doubling.root / "solutions" / "doubling.py"
    path.write_bytes(SOLUTION.replace("Twice x", "Zw\xf6lf x").encode("latin-1"))
    with pytest.raises(CourseError, match="doubling.py, line 10: this line is no UTF-8"):
        proofread(Course(doubling.root))
    path.unlink()
    with pytest.raises(CourseError, match="solutions/doubling.py is missing"):
        proofread(Course(doubling.root))


def test_misconceptions_of_a_misspelt_brick_are_named(doubling):
    path = doubling.root / "solutions" / "misconceptions" / "doubling.py"
    path.rename(path.with_name("dubling.py"))
    with pytest.raises(CourseError, match="there is no brick dubling: did you mean doubling?"):
        proofread(Course(doubling.root))


def test_a_part_that_is_alike_is_asked_for(doubling):
    path = doubling.root / "exercises" / "test_doubling.py"
    path.write_text(path.read_text().replace('"Scale.forward"', '"Scale.foward"'))
    with pytest.raises(CourseError, match="line 28: .* no Scale.foward: did you mean Scale.forw"):
        proofread(Course(doubling.root))


@pytest.mark.long
@pytest.mark.parametrize("number", [0, len(IN_SOLUTION), len(IN_SOLUTION) + 5, -5, -4])
def test_every_command_says_the_same_and_ends(doubling, number):
    file, old, new, said = SLIPS[number]
    slip_into(doubling, file, old, new)
    (doubling.root / "submitted" / "ada").mkdir(parents=True)
    for command in (
        ("build",),
        ("audit", "--brick", "doubling"),
        ("grade", "submitted", "--out", "out"),
        ("release", "kit"),
    ):
        run = doubling.bricks(*command)
        assert run.returncode == 2
        assert run.stderr.count("\n") == 1 and said[:9] in run.stderr
        assert "Traceback" not in run.stdout + run.stderr
    run = doubling.pytest()
    assert run.returncode == 2
    assert len(re.findall(rf"^\S*/\S*, {said[:9]}", run.stdout, re.M)) == 1
    assert "Traceback" not in run.stdout and len(run.stdout.splitlines()) < 20
