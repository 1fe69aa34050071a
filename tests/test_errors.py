"""NumPy's and Python's own errors in plain words, with the shapes in the student's line."""

import pytest

from grader.errors import meaning, without_noise
from grader.outcome import Raised
from grader.printable import one_line
from grader.probe import Job
from grader.report.rows import rows_of
from grader.runner.answer import answer
from grader.source import Source

HEAD = """
import numpy as np
x = np.zeros((8, 5))
v = np.zeros(5)
labels = np.zeros(8, int)
n = 8
half = n / 2

def nothing(x):
    x + 1

class Layer:
    def forward(self, x):
        return self.kept

    def backward(self, d):
        self.late = d

    def early(self):
        return self.late
"""
# The body of a function, and what a message says of the error.
ERRORS = {
    "broadcast": ("a = np.zeros((8, 4))\n    return a - labels", "a has the shape (8, 4), labels"),
    "assignment": ("v[:3] = x[0]", "Entry by entry, these shapes do not fit"),
    "matmul": ("return v @ x", "v has the shape (5,), x has the shape (8, 5)"),
    "dot": ("return np.dot(v, x)", "A product of matrices"),
    "tensordot": ("return np.tensordot(v, x, 1)", "The axes that are summed over"),
    "tensordot of axes": (
        "return np.tensordot(x, x, axes=([0], [1]))",
        "must have the same length in both arrays. Here x has the shape (8, 5)",
    ),
    "einsum": ("return np.einsum('n,ni->i', v, x)", "one letter stands for axes of different"),
    "einsum by steps": (
        "return np.einsum('n,ni->i', v, x, optimize=True)",
        "one letter stands for axes of different",
    ),
    "einsum of one": ("return np.einsum('ii->i', x)", "one letter stands for axes of different"),
    "no einsum": ("return np.broadcast_to(v, 3)", "Entry by entry, these shapes do not fit"),
    "einsum letters": ("return np.einsum('ni,ni->n', v, x)", "as many letters as it has axes"),
    "einsum too few": ("return np.einsum('n,n->n', v, x)", "as many letters as it has axes"),
    "reshape": (
        "return x.reshape(2, 4, 4)",
        "`reshape` keeps every entry: the new shape must have as many. Here x has the shape (8, 5)",
    ),
    "too many indices": ("return v[0, 1]", "more axes than it has. Here v has the shape (5,)"),
    "scalar index": ("return [1, 2, 3][labels]", "Where one whole number is due"),
    "math": ("import math\n    return math.exp(v)", "What takes a single number"),
    "truth": ("return 1 if v > 0 else 0", "need one yes or no"),
    "sequence": ("v[0] = x", "one entry takes one number"),
    "ragged": ("return np.array([[1, 2], [3]])", "Parts of different shapes make no array"),
    "shape as type": ("return np.zeros(3, n)", "a shape is one argument"),
    "cast": ("labels += 0.5", "cannot take floats in place"),
    "float size": ("return np.zeros(half)", "Here half is 4, a float"),
    "float slice": ("return v[:half]", "Here half is 4, a float"),
    "float range": ("return list(range(half))", "must be a whole number"),
    "float index": ("return v[half]", "Here half is 4, a float"),
    "None operand": ("return nothing(x) - 1", "Here `nothing` returns nothing"),
    "None subscript": ("p = None\n    return p[0]", "Here p is None"),
    "called array": ("return v(0)", "Round brackets call a function"),
    "never set": ("return Layer().forward(x)", "no method of Layer sets `kept`"),
    "set elsewhere": ("return Layer().early()", "only `backward` of Layer sets one of that name"),
}


def raised(body):
    code = f"{HEAD}\ndef f(x, v, labels, half):\n    {body}\n".encode()
    return answer(Job(CALLS, None, (Source("toy", "toy.py", code),)))


class Calls:
    """A check whose probe calls f."""

    limit, each, clean = 1.0, None, None

    @staticmethod
    def probe(toy):
        return {"f": toy.f(toy.x, toy.v, toy.labels, toy.half)}


CALLS = Calls()


@pytest.mark.parametrize(("body", "words"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_is_told_in_plain_words_with_what_stood_in_the_line(body, words):
    outcome = raised(body)
    assert isinstance(outcome, Raised)
    rows = rows_of(outcome)
    labels = [label for label, _ in rows]
    assert labels == ["raised", "where", "likely"]
    assert words in dict(rows)["likely"], rows
    assert dict(rows)["where"].startswith("toy.py, line ")


@pytest.mark.parametrize(
    ("body", "suggested"),
    [("return labls", "labels"), ("return np.sofmax(x)", ""), ("return np.arnge(3)", "arange")],
)
def test_did_you_mean_is_kept(body, suggested):
    outcome = raised(body)
    assert (f"Did you mean: {suggested!r}?" in outcome.message) == bool(suggested)


@pytest.mark.parametrize(
    "body", ["raise ValueError('mine')", "return {}['kernel']", "return 1 / 0", "return v[99]"]
)
def test_of_other_errors_nothing_is_added(body):
    outcome = raised(body)
    assert outcome.found == ""
    assert [label for label, _ in rows_of(outcome)] == ["raised", "where"]


OF_TENSORFLOW = {
    "return tf.ones((2, 3)) - tf.ones(4)": "Entry by entry, these shapes do not fit together.",
    "a = tf.ones((2, 3))\n    return a + tf.Variable(v)": "Here a has the shape (2, 3)",
    "return tf.matmul(tf.ones((2, 3)), tf.ones((2, 3)))": "A product of matrices",
}


@pytest.mark.slow
@pytest.mark.parametrize("body", OF_TENSORFLOW)
def test_an_error_of_tensorflow_is_told_without_its_names_of_nodes(body):
    outcome = raised(f"import tensorflow as tf\n    v = v.astype('float32')\n    {body}")
    rows = dict(rows_of(outcome))
    assert OF_TENSORFLOW[body] in rows["likely"]
    assert not any(word in rows["raised"] for word in ("function_node", "Op:", "name:"))


NOTHING_LEFT = (
    "Exception encountered when calling MaxPooling2D.call().\n\n\x1b[1mComputed output size would "
    "be zero or negative. Received: `inputs.shape=[None 1 1 2]`, `pool_size=[2 2]`"
)


def test_keras_says_what_happened_and_not_only_where():
    said = one_line(without_noise(NOTHING_LEFT))
    assert said.startswith("Computed output size would be zero")
    assert meaning(NOTHING_LEFT).startswith("Nothing is left of the image")
