"""While predecessors are open, no words of a child carry their references out."""

import pytest

from grader.implementation import Source
from grader.messages.withheld import WITHHELD, without_words
from grader.outcome import (
    Line,
    Missing,
    NotWritten,
    Passed,
    Raised,
    TooSlow,
    Unloadable,
    WrongSignature,
    WrongType,
)

SECRET = "secret text of the reference"
OWN = Source("mlp", "mlp.py", b"import layer\n\ndef relu(z):\n    raise ValueError(z)\n")
TOLD = (
    Line("mlp.py", 4, SECRET, SECRET),
    Line("layer.py", 1, "f", SECRET),
    Line("mlp.py", 99, "", ""),
)


@pytest.mark.parametrize(
    "outcome",
    [
        Raised(SECRET, SECRET, TOLD),
        Raised("ValueError", SECRET, TOLD),
        Unloadable("mlp.py", f"ValueError: {SECRET}", TOLD),
        Unloadable(SECRET, SECRET, ()),
        WrongType("y", SECRET, "an array"),
        WrongSignature(SECRET),
        Missing(SECRET),
        NotWritten(SECRET),
    ],
)
def test_no_words_of_the_child_are_left(outcome):
    shown = without_words(outcome, OWN)
    assert type(shown) is type(outcome)
    assert SECRET not in repr(shown)


def test_what_the_student_wrote_is_still_shown():
    shown = without_words(Raised("ValueError", SECRET, TOLD), OWN)
    assert shown == Raised("ValueError", WITHHELD, (Line("mlp.py", 4, "", "raise ValueError(z)"),))
    assert without_words(NotWritten("relu"), OWN) == NotWritten("relu")


@pytest.mark.parametrize("name", ["int", "print", "ValueError()", "__import__"])
def test_only_the_name_of_an_exception_is_one(name):
    assert without_words(Raised(name, "", ()), OWN).error == "an exception of its own"


@pytest.mark.parametrize("outcome", [Passed(), TooSlow(3.0)])
def test_our_own_words_stay(outcome):
    assert without_words(outcome, OWN) is outcome


THIEF = """
import inspect
import layer


def relu(z):
    raise ValueError(inspect.getsource(layer))
"""


def test_a_reference_is_not_carried_out_in_an_exception(checkout):
    place = checkout.root / "submitted" / "thief"
    place.mkdir(parents=True)
    (place / "mlp.py").write_text(THIEF)
    (checkout.root / "seed").write_text("1")
    command = ("grade", "submitted", "--brick", "mlp", "--seed-file", "seed", "--out")
    checkout.bricks(*command, "closed", "--open-until", "2020-01-01")
    checkout.bricks(*command, "open", "--open-until", "2999-01-01")
    found = {out: (checkout.root / out / "results.jsonl").read_text() for out in ("closed", "open")}
    assert "# %%" in found["closed"]
    assert "# %%" not in found["open"]
    assert "raise ValueError(inspect.getsource(layer))" in found["open"]
