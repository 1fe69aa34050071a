"""The grammar of small edits: it contains the slips that students make, each undone."""

import ast

import pytest

from grader.repair.edits import RANKS, edits_of
from grader.repair.kinds import Kind
from grader.repair.places import FAR, by_distance, places_in

# (what is written, what it should be, what the student is told to look at)
SLIPS = [
    ("return z.sum(axis=0)", "return z.sum(axis=1)", Kind.AXIS),
    ("return np.sum(z, 0)", "return np.sum(z, axis=1)", Kind.AXIS),
    ("return z.mean()", "return z.sum()", Kind.FUNCTION),
    ("return x - z", "return x + z", Kind.SIGN),
    ("return x * z", "return x @ z", Kind.OPERATOR),
    ("return z @ x", "return x @ z", Kind.ORDER),
    ("return x - z / 2", "return (x - z) / 2", Kind.ORDER),
    ("return np.exp(x) + z", "return np.exp(x + z)", Kind.INSIDE),
    ("return np.exp(x + z)", "return np.exp(x) + z", Kind.INSIDE),
    ("return x", "return x / len(x)", Kind.FACTOR),
    ("return x / len(x)", "return x", Kind.FACTOR),
    ("return x.T", "return x", Kind.TRANSPOSE),
    ("return x @ z", "return x.T @ z", Kind.TRANSPOSE),
    ("return x > z", "return x >= z", Kind.COMPARISON),
    ("return z.max(axis=1)", "return z.max(axis=1, keepdims=True)", Kind.KEEPDIMS),
    ("return x[0]", "return x", Kind.INDEX),
    ("return x[1:]", "return x[0 + 1 + 1:]", None),
    ("return x[:len(z)]", "return x[:len(z) + 1]", Kind.BOUND),
    ("return np.max(z, axis=1)", "return np.argmax(z, axis=1)", Kind.FUNCTION),
    ("return np.sort(np.abs(x), 0)", "return np.abs(np.sort(x, 0))", Kind.NESTED),
    (
        "return x.reshape(len(x), -1)",
        "return np.moveaxis(x, 3, -1).reshape(len(x), -1)",
        Kind.TRANSPOSE,
    ),
    ("return 1", "return 0", Kind.CONSTANT),
    ("return x", "return z", Kind.NAME),
    ("x -= z\n    return x", "x = x - z\n    return x", Kind.COPY),
    ("x = z\n    return x", "x += z\n    return x", Kind.ASSIGNMENT),
    ("x += z\n    x += 1\n    return x", "x += 1\n    return x", Kind.DROPPED),
    ("x += z\n    x *= 2\n    return x", "x *= 2\n    x += z\n    return x", Kind.SWAPPED),
    (
        "for i in z:\n        x += i\n        x *= 2\n    return x",
        "for i in z:\n        x += i\n    x *= 2\n    return x",
        Kind.MOVED,
    ),
    ("rng = np.random.default_rng()", "rng = np.random.default_rng(seed)", Kind.SEED),
    (
        "np.random.seed(seed)\n    x = np.random.randn(3)\n    return x",
        "rng = np.random.default_rng(seed)\n    x = rng.standard_normal(3)\n    return x",
        Kind.SEED,
    ),
    ("return z, x", "return x, z", Kind.ORDER),
    ("return x / self.n_classes", "return x / len(z)", Kind.DIVISOR),
    ("n = 0\n    return x / len(z)", "n = 0\n    return x / n", Kind.DIVISOR),
    ("return x / z.shape[1]", "return x / len(z)", Kind.DIVISOR),
    ("a, b, c = z.shape\n    return a", "b, a, c = z.shape\n    return a", Kind.UNPACKED),
    ("a, b, c = z.shape\n    return a", "a, c, b = z.shape\n    return a", Kind.UNPACKED),
    (
        "for a, b in z:\n        x += a / b\n    return x",
        "for b, a in z:\n        x += a / b\n    return x",
        Kind.UNPACKED,
    ),
    ("return np.stack([z.T, z])", "return np.stack([z, z.T])", Kind.ORDER),
    ("return np.zeros((x, 1))", "return np.zeros(x)", Kind.SHAPE),
    ("return z.max()", "return z.max(axis=1, keepdims=True)", Kind.AXIS),
    ("return range(0, len(x) - z + 1)", "return range(0, len(x))", Kind.TERM),
    ("return -x + z", "return -(x + z)", Kind.SIGN),
    ("return x * np.sqrt(z)", "return x * (1 / np.sqrt(z))", Kind.FACTOR),
    ("f(x)\n    return x", "x = f(x)\n    return x", Kind.UNUSED),
    ("h, w = x / 2, z / 2", "h, w = x // 2, z // 2", Kind.OPERATOR),
    (
        "return z.max(axis=0) - z.sum(axis=0)",
        "return z.max(axis=1, keepdims=True) - z.sum(axis=1, keepdims=True)",
        Kind.AXIS,
    ),
    ("return (x - z + 1) // 2", "return (x - z) // 2 + 1", Kind.ORDER),
    ("y = x + z", "y = x + z\n    return y", Kind.RETURN),
    ("return x[z:-z]", "return x[z:z + x]", None),  # x is an array: it bounds no slice
    ("n = len(x)\n    return x[z:]", "n = len(x)\n    return x[z:z + n]", Kind.BOUND),
    ("n = len(x)\n    return z[:n]", "n = len(x)\n    return z[n:n + n]", Kind.BOUND),
    ("return x.reshape(3, -1)", "return np.moveaxis(x, 0, -1).reshape(3, -1)", Kind.TRANSPOSE),
    ("return x[:, z]", "return x[np.arange(len(x)), z]", Kind.INDEX),
    ("n = len(x)\n    return z[n]", "n = len(x)\n    return z[n + -1]", Kind.INDEX),
    ("return f(x) + z", "return f(x) + f(z)", Kind.CALL),
    ("n = len(x)\n    return x(1, z)", "n = len(x)\n    return x(n, z)", Kind.NAME),
]
# The same slip for rows and for columns is one slip.
IN_BOTH = [
    (
        "n, h, w = x.shape\n    h, w = h / 2, w / 2",
        "n, h, w = x.shape\n    h, w = h // 2, w // 2",
    ),
    (
        "top, h = z\n    left, w = z\n    return x[:h, :w]",
        "top, h = z\n    left, w = z\n    return x[top:top + h, left:left + w]",
    ),
    (
        "for i in range(4):\n        for j in range(4):\n"
        "            a = slice(i, i + z)\n            b = slice(j, j + z)",
        "for i in range(4):\n        for j in range(4):\n"
        "            a = slice(i * z, i * z + z)\n            b = slice(j * z, j * z + z)",
    ),
    (
        "for i in range(4):\n        for j in range(4):\n            a, b = i, j",
        "for i in range(4):\n        for j in range(4):\n            a, b = i * z, j * z",
    ),
]


def texts(body):
    source = f"def f(x, z, seed=0):\n    {body}\n"
    [place] = places_in({"f.py": source.splitlines(keepends=True)})
    edits = sorted(edits_of(place.function, place.scope), key=lambda edit: -edit.rank)
    return {edit.text: edit.kind for edit in edits}  # of the lowest rank, which is tried first


@pytest.mark.parametrize("wrong, right, kind", SLIPS)
def test_a_slip_is_undone_by_an_edit_of_its_kind(wrong, right, kind):
    wanted = ast.unparse(ast.parse(f"def f(x, z, seed=0):\n    {right}\n"))
    found = texts(wrong)
    if kind is None:
        assert wanted not in found  # two edits
    else:
        assert wanted in found
        assert found[wanted] is kind


@pytest.mark.parametrize("wrong, right", IN_BOTH)
def test_a_slip_that_is_made_for_rows_and_columns_is_undone_in_both(wrong, right):
    assert ast.unparse(ast.parse(f"def f(x, z, seed=0):\n    {right}\n")) in texts(wrong)


def test_an_argument_that_the_function_takes_is_handed_on():
    source = """
def conv(x, strides=1): return x[::strides]
class Conv:
    def __init__(self, strides):
        self.strides = strides
    def forward(self, x):
        return conv(x)
"""
    places = places_in({"conv.py": source.splitlines(keepends=True)})
    forward = next(place for place in places if place.name == "Conv.forward")
    found = {edit.text: edit.kind for edit in edits_of(forward.function, forward.scope)}
    handed = "def forward(self, x):\n    return conv(x, strides=self.strides)"
    assert found[handed] is Kind.ARGUMENT


def test_a_number_stands_for_a_number_alone():
    found = texts("n = len(x)\n    return x.T[n]")
    assert "def f(x, z, seed=0):\n    n = len(x)\n    return x.T[seed]" in found
    assert "def f(x, z, seed=0):\n    n = len(x)\n    return x.T[x]" not in found


def test_edits_of_a_rank_are_those_of_all_ranks_in_turn():
    source = "def f(x, z, seed=0):\n    y = x @ z\n    return y\n"
    [place] = places_in({"f.py": source.splitlines(keepends=True)})
    every = list(edits_of(place.function, place.scope))
    ranks = [edit.rank for edit in every]
    assert ranks == sorted(ranks) and set(ranks) == set(RANKS)
    of_one = [edit.text for edit in edits_of(place.function, place.scope, 1)]
    assert of_one == [edit.text for edit in every if edit.rank == 1]


def test_a_name_becomes_an_attribute_of_that_name():
    source = """
class Dense:
    def __init__(self, units):
        kernel = np.zeros(units)
    def forward(self, x):
        return x @ self.kernel
"""
    places = places_in({"layer.py": source.splitlines(keepends=True)})
    start = next(place for place in places if place.name == "Dense.__init__")
    found = {edit.text: edit.kind for edit in edits_of(start.function, start.scope)}
    assert found["def __init__(self, units):\n    self.kernel = np.zeros(units)"] is Kind.NAME


def test_an_edit_leaves_the_function_as_it_was():
    source = "def f(x, z, seed=0):\n    return x @ z\n"
    [place] = places_in({"f.py": source.splitlines(keepends=True)})
    before = ast.dump(place.function)
    assert len({edit.text for edit in edits_of(place.function, place.scope)}) > 50
    assert ast.dump(place.function) == before


def test_words_say_where_to_look_and_never_what_to_write():
    for kind in Kind:
        assert not set("()[]=+*@") & set(kind.value)


class Part:
    part, called = "Dense.backward", "dense.backward(d_out)"

    @staticmethod
    def probe(layer):
        return layer.Dense(), layer.asked


def test_functions_come_by_how_many_calls_they_are_away():
    source = """
def helper(x): return x
def far(x): return x
def near(x): return helper(x)
def asked(x): return x
class Dense:
    def backward(self, d_out): return near(d_out)
"""
    places = places_in({"layer.py": source.splitlines(keepends=True)})
    distances = {place.name: distance for distance, place in by_distance(places, Part)}
    assert distances == {"Dense.backward": 0, "near": 1, "helper": 2, "asked": 1, "far": FAR}
