"""A warning that came says what was wrong, and where."""

import warnings

import numpy as np
import pytest

from grader.diagnosis.warning import cause_warned_of, warned_at
from grader.note import NOTE, as_text
from grader.outcome import NotFinite, WrongValue
from grader.source import Source
from grader.warned import hear_warnings

CODE = b"""import numpy as np

def loss(p):
    q = p + 0
    return -np.log(q).mean()
"""
OWN = Source("neuron", "neuron.py", CODE)
NOT_FINITE = NotFinite("loss", (), np.inf, 1)
WARNED = WrongValue("number of warnings", np.array(1), np.array(0), (), 1)
OTHER = WrongValue("loss", np.array(1.0), np.array(0.0), (), 1)
NOTED = "a warning came: divide by zero encountered in log, line 5 of neuron.py"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: np.log(np.zeros(2)), "the logarithm of 0"),
        (lambda: np.log(-np.ones(2)), "a number below 0"),
        (lambda: np.exp(np.full(2, 1e4)), "too large for it"),
        (lambda: np.zeros(2) / np.zeros(2), "divided by 0"),
        (lambda: np.float64(1.0) / np.float64(0.0), "divided by 0"),
        (lambda: np.mean([]), "the mean of no numbers"),
        (lambda: np.sqrt(-np.ones(2)), "the root of a number below 0"),
    ],
)
def test_what_numpy_warns_of_is_said_in_words(call, says):
    note = as_text(hear_warnings(call)[1][NOTE])
    assert says in (cause_warned_of(NOT_FINITE, note) or "")
    assert says in (cause_warned_of(WARNED, note) or "")
    assert (
        cause_warned_of(OTHER, note) is None
    )  # finite: the warning may have nothing to do with it


def test_a_note_that_is_no_warning_says_nothing():
    assert cause_warned_of(NOT_FINITE, "all is well") is None
    assert cause_warned_of(NOT_FINITE, None) is None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, heard = hear_warnings(warnings.warn, "old", DeprecationWarning)
    assert cause_warned_of(WARNED, as_text(heard[NOTE])) is None


def test_the_students_own_line_is_shown():
    line = warned_at(NOT_FINITE, NOTED, OWN)
    assert line is not None
    assert (line.file, line.number, line.function) == ("neuron.py", 5, "loss")
    assert line.text == "return -np.log(q).mean()"


@pytest.mark.parametrize(
    "note",
    [NOTED.replace("line 5", "line 50"), NOTED.replace("neuron.py", "layer.py"), "line 5", None],
)
def test_a_line_that_is_none_of_the_students_is_not_shown(note):
    assert warned_at(NOT_FINITE, note, OWN) is None
    assert warned_at(OTHER, NOTED, OWN) is None
