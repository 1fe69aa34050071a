"""What a probe's run means, and which values count as arrays."""

import re
from pathlib import Path

import numpy as np
import pytest

from grader.brick import Brick
from grader.check import unpack
from grader.outcome import (
    MAX_LINES,
    Line,
    Missing,
    NotWritten,
    Raised,
    Unloadable,
    WrongSignature,
    WrongType,
)
from grader.printable import MAX_TEXT
from grader.probe import Job, Loaded, NoArray, Returned
from grader.runner.answer import answer, as_array
from grader.source import Source

CHECKS = Path("test_mlp.py")


def check_of(probe):
    brick = Brick("mlp", order=1, title="MLP")
    return brick.check("part", points=1, called="f()", hint="Think.")(probe)


def calls_f(mlp):
    return {"f()": mlp.f()}


def outcome(code, probe=calls_f, before=""):
    """What comes of the probe on a student's mlp.py beside a reference's layer.py."""
    sources = [
        Source("layer", "layer.py", before.encode(), own=False),
        Source("mlp", "exercises/mlp.py", code.encode()),
    ]
    return answer(Job(check_of(probe), CHECKS, tuple(sources)))


def test_what_comes_back_is_kept_by_name():
    came = outcome("def f():\n    return [1.0, 2.0]")
    assert isinstance(came, Returned)
    assert came.values["f()"].tolist() == [1.0, 2.0]


def test_without_a_check_the_source_is_only_loaded():
    assert answer(Job(None, CHECKS, (Source("mlp", "mlp.py", b"def f():\n    1 / 0"),))) == Loaded()


def test_an_exception_is_told_with_the_students_lines():
    came = outcome("def f():\n    return g()\ndef g():\n    raise ValueError('no')")
    assert came == Raised(
        "ValueError",
        "no",
        (
            Line("exercises/mlp.py", 2, "f", "return g()"),
            Line("exercises/mlp.py", 4, "g", "raise ValueError('no')"),
        ),
    )


def test_the_reference_predecessors_lines_are_never_shown():
    secret = "def forward():\n    solution = 42\n    raise ValueError(solution)"
    came = outcome("import layer\ndef f():\n    return layer.forward()", before=secret)
    assert isinstance(came, Raised)
    assert [(line.file, line.number) for line in came.lines] == [("exercises/mlp.py", 3)]


def test_long_lines_and_texts_are_cut():
    came = outcome(f"def f():\n    raise ValueError('{'x' * 5_000}')")
    assert len(came.message) == MAX_TEXT
    assert len(came.lines[0].text) <= 120


def test_a_recursion_shows_its_start_and_its_end():
    came = outcome("def f():\n    return g()\ndef g():\n    return g()")
    assert came.error == "RecursionError"
    assert len(came.lines) == MAX_LINES
    assert [line.function for line in came.lines] == ["f", "g", "g", "g"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("import sys; sys.exit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("raise MemoryError", "MemoryError"),
        ("assert False", "AssertionError"),
        ("return {}['kernel']", "KeyError"),
        ("return g().kernel\ndef g(): pass", "AttributeError"),
        ("return g(1)\ndef g(): pass", "TypeError"),
        ("from layer import nothing", "ImportError"),
    ],
)
def test_whatever_the_students_lines_raise_is_raised_there(body, error):
    came = outcome(f"def f():\n    {body}")
    assert isinstance(came, Raised)
    assert came.error == error
    assert came.lines[0].number == 2


@pytest.mark.parametrize("raises", ["1 / 0", "raise SystemExit", "raise KeyboardInterrupt"])
def test_an_exception_that_cannot_say_its_text_is_told_without(raises):
    came = outcome(
        f"class Odd(Exception):\n    def __str__(self):\n        {raises}\ndef f():\n    raise Odd"
    )
    assert (came.error, came.message) == ("Odd", "(no text)")


def test_text_that_no_file_can_hold_is_replaced():
    came = outcome("def f():\n    raise ValueError('half a pair: \\ud800')")
    assert came.message.encode() == b"half a pair: ?"


@pytest.mark.parametrize(
    ("raises", "name"),
    [("NotImplementedError('mlp.f')", "mlp.f"), ("NotImplementedError", "f")],
)
def test_a_stub_is_not_written(raises, name):
    assert outcome(f"def f():\n    raise {raises}") == NotWritten(name)


def test_a_missing_function_is_named():
    assert outcome("def g(): pass") == Missing("f")


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        (lambda mlp: {"p": mlp.MLP([2, 2]).predict()}, ("MLP.predict",)),
        (lambda mlp: {"p": mlp.MLP.predict}, ("MLP.predict",)),
        (lambda mlp: {"layers": mlp.MLP([2, 2]).layers}, ("layers", "MLP")),
    ],
    ids=["method", "method of the class", "attribute"],
)
def test_a_missing_method_or_attribute_is_named(probe, said):
    assert outcome("class MLP:\n    def __init__(self, sizes): pass", probe) == Missing(*said)


def test_an_attribute_that_another_type_lacks_is_no_missing_name():
    came = outcome("def f(): return 3", lambda mlp: {"p": mlp.f().shape})
    assert isinstance(came, Raised)
    assert came.lines == ()


@pytest.mark.parametrize(
    ("code", "probe"),
    [
        ("def f(): pass", lambda mlp: mlp.f(1)),
        ("def f(x, y): pass", lambda mlp: mlp.f(1)),
        ("def f(x): pass", lambda mlp: mlp.f(z=1)),
        ("class f: pass", lambda mlp: mlp.f(1)),
        ("class f:\n    def g(): pass", lambda mlp: mlp.f().g()),
        ("f = None", lambda mlp: mlp.f(1)),
    ],
    ids=["too many", "too few", "other name", "class without __init__", "no self", "no function"],
)
def test_a_call_that_does_not_fit_is_a_wrong_signature(code, probe):
    came = outcome(code, probe)
    assert isinstance(came, WrongSignature)
    assert re.search("f|g|NoneType", came.message)


def test_a_type_error_while_the_probe_works_on_is_no_wrong_signature():
    came = outcome("def f(): return None", lambda mlp: {"p": mlp.f() + 1})
    assert isinstance(came, Raised)


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        ("None", "None"),
        ("(1, 2, 3)", "a tuple of 3"),
        ("__import__('numpy').zeros((2, 2))", "an array of float64, shape (2, 2)"),
    ],
)
def test_what_cannot_be_taken_apart_is_a_wrong_type(returned, words):
    came = outcome(f"def f(): return {returned}", lambda mlp: unpack(mlp.f(), "d_x", "d_bias"))
    assert came == WrongType("d_x, d_bias", words, "a tuple of 2: (d_x, d_bias)")


@pytest.mark.parametrize(
    ("code", "reason", "number"),
    [
        ("a = 1\ndef half(:", "SyntaxError", 2),
        ("a = 1\n  b = 2", "IndentationError", 2),
        ("import helpers_of_mine", "No module named 'helpers_of_mine'", 1),
        ("\n\n1 / 0", "ZeroDivisionError", 3),
        ("import sys; sys.exit()", "SystemExit", 1),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", 1),
        ("raise NotImplementedError", "NotImplementedError", 1),
    ],
)
def test_a_file_that_does_not_run_is_unloadable(code, reason, number):
    came = outcome(code)
    assert isinstance(came, Unloadable)
    assert came.file == "exercises/mlp.py"
    assert reason in came.reason
    assert came.lines[-1].number == number


def test_a_lazy_import_of_nothing_is_unloadable_and_says_where():
    came = outcome("def f():\n    import helpers_of_mine")
    assert isinstance(came, Unloadable)
    assert came.lines[-1].number == 2


def test_for_a_debugger_exceptions_come_through_but_exits_do_not():
    def run(body):
        source = Source("mlp", "mlp.py", f"def f():\n    {body}".encode())
        return answer(Job(check_of(calls_f), CHECKS, (source,)), propagate=True)

    with pytest.raises(ZeroDivisionError):
        run("1 / 0")
    assert run("raise SystemExit").error == "SystemExit"


@pytest.mark.parametrize(
    ("value", "dtype", "shape"),
    [
        ([1, 2], "int64", (2,)),
        ([[1.0], [2.0]], "float64", (2, 1)),
        ((1, 2.5), "float64", (2,)),
        ([], "float64", (0,)),
        (3, "int64", ()),
        (True, "bool", ()),
        (np.float32(1.5), "float32", ()),
        (np.zeros((2, 0), np.float16), "float16", (2, 0)),
        (np.ones(3, np.longdouble), "float64", (3,)),
        (np.ones(3, bool), "bool", (3,)),
        (np.ones(3, ">f4"), "float32", (3,)),
        (np.ones(3, ">i2"), "int16", (3,)),
        (np.ones(3, np.uint64), "uint64", (3,)),
        (range(3), "int64", (3,)),
    ],
)
def test_real_numbers_are_plain_arrays_of_their_type(value, dtype, shape):
    array = as_array(value)
    assert type(array) is np.ndarray
    assert array.dtype == np.dtype(dtype)
    assert array.dtype.isnative
    assert array.shape == shape
    assert np.array_equal(array, np.asarray(value))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        ("1.0", "a str"),
        (b"1", "a bytes"),
        ({"kernel": 1}, "a dict"),
        ({1, 2}, "a set"),
        ([[1, 2], [3]], "a list whose parts have different shapes"),
        ((np.zeros(2), np.zeros(3)), "a tuple of 2 whose parts have different shapes"),
        ([None, 1.0], "a list"),
        (np.array([1, None]), "an array of object, shape (2,)"),
        (np.array([1 + 2j]), "an array of complex128, shape (1,)"),
        (1j, "a complex"),
        (10**30, "an int"),
        (np.array(["a"]), "an array of <U1, shape (1,)"),
        (np.zeros(2, "datetime64[s]"), "an array of datetime64[s], shape (2,)"),
        ((i for i in range(2)), "a generator"),
        (len, "a builtin_function_or_method"),
    ],
)
def test_anything_else_is_named(value, words):
    assert as_array(value) == NoArray(words)


def test_an_array_that_cannot_be_made_is_the_students_exception():
    came = outcome(
        "class Odd:\n    def __array__(self, *a, **k):\n        return 1 / 0\ndef f(): return Odd()"
    )
    assert isinstance(came, Raised)
    assert came.lines[-1].text == "return 1 / 0"


@pytest.mark.parametrize(
    "view",
    [lambda a: a.T, lambda a: a[::-1, ::2], lambda a: a[:, 1], lambda a: np.asfortranarray(a)],
)
def test_views_are_copied_in_c_order(view):
    original = np.arange(12.0).reshape(3, 4)
    array = as_array(view(original))
    assert np.array_equal(array, view(original))
    assert array.flags.c_contiguous
    assert not np.shares_memory(array, original)


def test_later_changes_do_not_reach_what_came_back():
    original = np.zeros(3)
    array = as_array(original)
    original += 1
    assert array.tolist() == [0.0, 0.0, 0.0]


class Liar(np.ndarray):
    """Equal to everything, whatever it holds."""

    def __array_ufunc__(self, *args, **kwargs):
        return np.True_

    def __array_function__(self, *args, **kwargs):
        return np.True_

    def __eq__(self, other):
        return True

    __hash__ = None


def test_a_subclass_that_lies_comes_back_as_what_it_holds():
    array = as_array(np.arange(3.0).view(Liar))
    assert type(array) is np.ndarray
    assert array.tolist() == [0.0, 1.0, 2.0]


def test_a_float_that_lies_comes_back_as_what_it_holds():
    class Float(float):
        def __eq__(self, other):
            return True

        def __sub__(self, other):
            return 0.0

        __hash__ = None

    array = as_array(Float(2.5))
    assert type(array) is np.ndarray
    assert array.tolist() == 2.5
