"""While predecessors are open, no words of a child carry their references out."""

import numpy as np
import pytest

from grader.examine import Examination
from grader.live import LiveExpected
from grader.notebook import source_of
from grader.outcome import (
    CellStopped,
    Crashed,
    Fault,
    Line,
    Missing,
    NotFinite,
    NotWritten,
    Passed,
    Raised,
    TooSlow,
    Unloadable,
    WrongShape,
    WrongSignature,
    WrongType,
    WrongValue,
)
from grader.policy import Predecessors
from grader.probe import NoArray, Returned
from grader.report.check_report import check_report
from grader.report.line import line
from grader.report.report import Provenance, Report, Status
from grader.report.rows import rows_of
from grader.report.withheld import WITHHELD, withheld, without_words
from grader.runner.in_process import InProcess
from grader.source import Source

SECRET = "secret text of the reference"
NUMBERS = (114, 111, 117)
PROVENANCE = Provenance("id", "kernel", Predecessors.REFERENCE, True, "d", {})
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
        WrongType(SECRET, "a list", "an array"),
        WrongType("y", "a list", SECRET),
        WrongSignature(SECRET),
        CellStopped(SECRET, SECRET, SECRET, TOLD),
        CellStopped("relu", SECRET, f"ValueError: {SECRET}", TOLD),
        Missing(SECRET),
        NotWritten(SECRET),
        Crashed(SECRET),
        WrongShape("y", NUMBERS, (3,)),
        WrongValue("y", np.array(NUMBERS), np.zeros(3), (0,), 3),
        NotFinite("y", NUMBERS, float("nan"), 114_111),
    ],
)
def test_no_words_of_the_child_are_left(outcome):
    shown = without_words(outcome, OWN)
    said = str(rows_of(shown)) + repr(shown)
    assert SECRET not in said
    assert "114" not in said


FORGED = [
    Raised(SECRET, SECRET, TOLD),
    Unloadable(SECRET, SECRET, TOLD),
    WrongType(SECRET, SECRET, SECRET),
    WrongSignature(SECRET),
    CellStopped(SECRET, SECRET, SECRET, TOLD),
    Missing(SECRET),
    NotWritten(SECRET),
    Returned({SECRET: np.zeros(3)}),
    Returned({SECRET: np.full(200, np.nan)}),
    Returned({SECRET: NoArray(SECRET)}),
    Returned({}),
]


@pytest.fixture(scope="module")
def expected_values(course):
    """The reference's own, so that what a child sends is judged and no check is at fault."""
    return LiveExpected(course, InProcess())


@pytest.mark.parametrize("loads", [True, False], ids=["in a check", "while it loads"])
@pytest.mark.parametrize("came", FORGED, ids=lambda came: type(came).__name__)
def test_whatever_a_child_sends_no_check_of_the_course_repeats_its_words(
    course, answers, expected_values, came, loads
):
    for name in ("layer", "mlp", "cnn"):
        own = Source(name, f"{name}.py", OWN.code)
        examined = Examination(course, name, [own], answers(came, loads), expected_values, 1)
        checks = [check for check in course.bricks[name].checks.values() if not check.keras]
        results = [examined.result(check.name) for check in checks]
        assert len(results) > 8
        for result in results:
            check = check_report(withheld(result, own))
            said = line(Report("ada", name, Status.GRADED, 20, PROVENANCE, (check,)))
            assert not isinstance(result.outcome, Fault), result
            assert SECRET not in said + str(check), said


def test_what_the_student_wrote_is_still_shown():
    shown = without_words(Raised("ValueError", SECRET, TOLD), OWN)
    assert shown == Raised("ValueError", WITHHELD, (Line("mlp.py", 4, "", "raise ValueError(z)"),))
    assert without_words(NotWritten("relu"), OWN) == NotWritten("relu")


def test_of_a_notebook_the_cell_and_its_line_are_still_shown():
    own = source_of("mlp", [("cell 2", "x = 1"), ("cell 4", "\nimport layer\n1 / 0\nrelu = 1")])
    cell = "cell 4 of mlp.ipynb"
    stopped = CellStopped("relu", cell, SECRET, (Line(cell, 3, SECRET, SECRET),))
    assert without_words(stopped, own) == CellStopped(
        "relu", cell, f"an exception of its own {WITHHELD}", (Line(cell, 3, "", "1 / 0"),)
    )


@pytest.mark.parametrize("name", ["int", "print", "ValueError()", "__import__"])
def test_only_the_name_of_an_exception_is_one(name):
    assert without_words(Raised(name, "", ()), OWN).error == "an exception of its own"


@pytest.mark.parametrize("outcome", [Passed(), TooSlow(3.0)])
def test_our_own_words_stay(outcome):
    assert without_words(outcome, OWN) is outcome


def test_of_what_was_stopped_the_own_line_alone_is_shown():
    seen = (Line("mlp.py", 1, SECRET, SECRET), Line("mlp.py", 99, SECRET, SECRET))
    shown = without_words(TooSlow(3.0, True, seen, times=1.2345678901234567, repeats=True), OWN)
    [line] = shown.lines
    assert SECRET not in (line.function, line.text)
    assert (shown.limit, shown.times, shown.repeats) == (3.0, 0.0, False)


def test_the_class_of_a_missing_attribute_is_shown_where_the_own_code_names_it():
    assert without_words(Missing("relu", SECRET), OWN).never_set_on == ""


@pytest.mark.parametrize("codec", ["rot13", "idna", "undefined", "bz2", "none-such"])
def test_any_declared_encoding_can_be_read_again(codec):
    own = Source("mlp", "mlp.py", f"# coding: {codec}\nx = 1\n".encode())
    shown = without_words(Unloadable("mlp.py", SECRET, (Line("mlp.py", 2, "", SECRET),)), own)
    assert shown.lines == (Line("mlp.py", 2, "", "x = 1"),)


def test_lines_that_are_read_again_command_no_terminal():
    own = Source("mlp", "mlp.py", b"raise ValueError('\x1b[2J\x1b[32mpassed')\n")
    shown = without_words(Raised("ValueError", "", (Line("mlp.py", 1, "", ""),)), own)
    assert shown.lines[0].text == "raise ValueError('passed')"


IN_WORDS = """
import inspect
import {earlier}

raise ValueError(inspect.getsource({earlier}))
"""
IN_NUMBERS = """
import inspect
import numpy as np
import layer

stolen = np.frombuffer(inspect.getsource(layer).encode(), np.uint8)[:3].astype(int)


def relu(z):
    return np.full(np.shape(z), stolen[0] + 0.123)


def relu_backward(d_out, z):
    return np.zeros((0, *stolen))
"""


def hand_in(checkout, student, brick, text):
    place = checkout.root / "submitted" / student
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{brick}.py").write_text(text)


@pytest.mark.long
def test_no_reference_is_carried_out_of_any_brick_that_is_given_one(checkout):
    bricks = ("layer", "mlp", "convolution", "cnn")
    for earlier, brick in zip(("neuron", "layer", "mlp", "convolution"), bricks, strict=True):
        hand_in(checkout, "words", brick, IN_WORDS.format(earlier=earlier))
    hand_in(checkout, "numbers", "mlp", IN_NUMBERS)
    (checkout.root / "seed").write_text("1")
    command = ("grade", "submitted", "--seed-file", "seed", "--brick", *bricks, "--out")
    for out, until in (("closed", "2020-01-01"), ("open", "2999-01-01")):
        checkout.bricks(*command, out, "--open-until", until)
    text = {out: (checkout.root / out / "results.jsonl").read_text() for out in ("closed", "open")}
    assert text["closed"].count("# %% [markdown]") >= len(bricks)
    assert "# %%" not in text["open"]
    stolen = (checkout.root / "solutions" / "layer.py").read_bytes()[:3]
    as_shape = ", ".join(str(byte) for byte in stolen)
    assert as_shape in text["closed"]
    assert as_shape not in text["open"]
    as_value = f"{stolen[0] + 0.123:.3f}"
    assert as_value in text["closed"]
    assert as_value not in text["open"]
    assert '"outcome": "wrong shape"' in text["open"]
    checkout.bricks(*command, "own", "--predecessors", "own")
    own = (checkout.root / "own" / "results.jsonl").read_text()
    assert "# %%" not in own and as_shape not in own
    assert "No module named 'neuron'" in own
    assert "raise ValueError(inspect.getsource(layer))" in text["open"]
