"""A report's JSON form: nothing is lost, and what is no report is said to be none."""

import json

import numpy as np
import pytest

from grader import outcome as outcomes
from grader.brick import Brick
from grader.carry_forward import CarriedForward
from grader.diagnosis.exact import Diagnosis
from grader.diagnosis.explanation import Explanation
from grader.misconception import Misconception
from grader.outcome import (
    Accuracy,
    BelowBar,
    CellStopped,
    Confusion,
    Crashed,
    Fault,
    LargeArray,
    Line,
    Missing,
    NotFinite,
    NotInstalled,
    NotWritten,
    Outcome,
    Passed,
    Raised,
    Skipped,
    Slow,
    TooSlow,
    Unloadable,
    Withheld,
    WrongShape,
    WrongSignature,
    WrongType,
    WrongValue,
)
from grader.policy import Predecessors
from grader.repair.kinds import Repair
from grader.report.check_report import CheckReport
from grader.report.codec import ReportError
from grader.report.compact import MAX_ENTRIES, compact_report
from grader.report.equality import equal
from grader.report.line import indexed, line
from grader.report.report import Provenance, Report, Status, check_from_plain, plain_check
from grader.report.text import explain
from grader.result import Result

REACHED = Accuracy(0.5, 600, 0.9, 0.95, 0.01, 30)
LINES = (Line("mlp.py", 4, "f", "raise ValueError('\u2028 é \x85')"),)
IMAGES = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
SEEN = Confusion(np.array([[1, 2], [0, 3]]), IMAGES, (0, 0), (1, 1), ("3", "5"))
WRONG = WrongValue("y", np.array([1.0, np.nan]), np.array([1, 2]), (1,), 1, ("z",))
OUTCOMES = [
    Passed(),
    Passed(REACHED),
    BelowBar(REACHED, 3, SEEN),
    BelowBar(REACHED, 1),
    WRONG,
    WrongValue("y", np.array(2.5, np.float32), np.zeros(()), (), 1),
    WrongValue("y", np.array([True, False]), np.array([True, True]), (1,), 1),
    WrongValue(
        "y", LargeArray((9, 99), np.array(1.5)), LargeArray((9, 99), np.array(2)), (1, 7), 2
    ),
    WrongShape("y", (), (3, 4)),
    WrongType("y", "None", "real numbers"),
    NotFinite("y", (0, 1), float("nan"), 2),
    NotFinite("y", (), float("-inf"), 1),
    Withheld("y", "finite numbers", "not finite"),
    Raised("ValueError", "no\nmore", LINES),
    Unloadable("mlp.py", "SyntaxError", LINES),
    CellStopped("relu", "cell 3", "ValueError", LINES),
    Missing("relu"),
    Missing("d_bias", never_set_on="Dense"),
    Raised("ValueError", "shapes", LINES, "x has the shape (3, 4)"),
    TooSlow(10.0, True, LINES, times=3.5, repeats=True),
    WrongSignature("f() takes 1"),
    NotWritten("relu"),
    TooSlow(10.0, certain=False),
    Crashed("gone", certain=False),
    Skipped("relu"),
    NotInstalled("keras"),
    Fault("of ours"),
]
MISTAKE = Misconception("no-bias", "You forgot it.", "What adds it?", "model")
PROVENANCE = Provenance(
    "id", "kernel", Predecessors.OWN, True, "digits", {"python": "3.12", "numpy": "2.0"}
)


def check(outcome, **more):
    inputs = (("x", "(3, 4)"), ("seed", "= 1"))
    more = {"printed": "\x1b[2J\u2028\n", "seconds": 0.25, "cpu": 0.125, **more}
    return CheckReport("mlp/values", "relu", 3, outcome, "relu(x)", inputs, "Think.", **more)


def to_json(check):
    return json.dumps(plain_check(check), allow_nan=False)


def again_from_json(check):
    return check_from_plain(json.loads(to_json(check)))


def report(*checks, **more):
    return Report("ada é", "mlp", Status.GRADED, 20, PROVENANCE, checks, **more)


def test_every_kind_of_outcome_is_tried():
    kinds = {kind for kind in vars(outcomes).values() if isinstance(kind, type)}
    kinds = {kind for kind in kinds if issubclass(kind, Outcome) and kind is not Outcome}
    assert {type(outcome) for outcome in OUTCOMES} == kinds


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: type(outcome).__name__)
def test_every_outcome_comes_back_as_it_was(outcome):
    made = report(check(outcome), cpu=1.5, key="abc")
    for text in (made.to_json(), line(made)):
        assert len(text.split("\n")) == 1
        again = Report.from_json(text)
        assert again == made
        assert type(again.checks[0].outcome) is type(outcome)
        assert repr(again) == repr(made)
        assert explain(again.checks[0]) == explain(made.checks[0])
    assert equal(again_from_json(made.checks[0]), made.checks[0])


def test_arrays_come_back_with_their_kind_shape_and_entries():
    again = again_from_json(check(WRONG)).outcome
    assert again.returned.dtype == np.float64 and again.expected.dtype == np.int64
    assert np.array_equal(again.returned, WRONG.returned, equal_nan=True)
    seen = again_from_json(check(BelowBar(REACHED, 3, SEEN))).outcome.confusion
    assert seen.images.dtype == np.uint8 and seen.images.tolist() == SEEN.images.tolist()
    assert seen.names == ("3", "5")


@pytest.mark.parametrize(
    "explanation",
    [
        Explanation(numbers="the sign is the other way round", slope=float("inf")),
        Explanation(cause="the call changed its argument x", line=LINES[-1]),
        Explanation(Diagnosis((MISTAKE,)), departs=NotFinite("h", (1,), float("inf"), 1)),
        Explanation(Diagnosis((MISTAKE, MISTAKE), together=True), departs=WRONG),
    ],
)
def test_explanations_come_back_as_they_were(explanation):
    made = check(WRONG, explanation=explanation)
    again = again_from_json(made)
    assert equal(again, made) and repr(again.explanation) == repr(explanation)


@pytest.mark.parametrize("own", [REACHED, WRONG, Raised("ValueError", "", LINES)])
@pytest.mark.parametrize("status", Status)
def test_what_stands_beside_the_checks_comes_back(own, status):
    carried = CarriedForward("mlp", REACHED, own, ("layer", "softmax"))
    slow = (Slow("", Line("mlp.py", 9, "", "train()"), 14.5, stopped=True),)
    made = Report("a", "mlp", status, 20, PROVENANCE, (), carried, "a reason", slow=slow)
    again = Report.from_json(made.to_json())
    assert again == made
    assert (again.status, again.why, again.provenance) == (status, "a reason", PROVENANCE)


DIFFERENT = [
    check(WRONG, printed="other"),
    check(Passed()),
    check(WrongValue("y", np.array([1.0, 3.0]), np.array([1, 2]), (1,), 1, ("z",))),
    check(WrongValue("y", np.array([1.0, np.nan]), np.array([1.0, 2.0]), (1,), 1, ("z",))),
    check(WRONG, explanation=Explanation(numbers="every entry is 1")),
]


@pytest.mark.parametrize("other", DIFFERENT)
def test_what_differs_is_not_equal(other):
    assert not equal(other, check(WRONG)) and equal(check(WRONG), check(WRONG))
    assert report(other) != report(check(WRONG)) == report(check(WRONG))


def test_what_no_dataclass_compares_is_compared_as_well():
    assert TooSlow(1.0) == TooSlow(1.0, certain=False)
    assert not equal(TooSlow(1.0), TooSlow(1.0, certain=False))
    assert not equal(BelowBar(REACHED, 1), BelowBar(REACHED, 1, SEEN))


def test_points_follow_from_outcomes():
    made = report(check(Passed()), check(WRONG))
    assert (made.points, made.checks[0].points, made.checks[1].points) == (3, 3, 0)
    assert not made.is_fault and report(check(Fault(""))).is_fault
    assert [check(out).certain for out in (WRONG, Crashed("", certain=False))] == [True, False]


GOOD = json.loads(report(check(WRONG)).to_json())


def changed(**fields):
    first = {**GOOD["checks"][0], **fields.pop("check", {})}
    return json.dumps({**GOOD, "checks": [first], **fields})


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "3",
        changed(format=0), changed(format=99), changed(format=None),
        changed(status="who knows"), changed(student=3), changed(maximum="3"), changed(key=None),
        changed(checks=None), changed(checks=[3]), changed(versions=3), changed(carried="x"),
        changed(check={"detail": None}), changed(check={"detail": {"type": "Outcome2"}}),
        changed(check={"detail": {"type": "Line"}}),
        changed(check={"detail": {"type": "Missing"}}),
        changed(check={"detail": {"type": "Missing", "name": "f", "more": 1}}),
        changed(check={"detail": {"type": "Missing", "name": 1}}),
        changed(check={"detail": {**GOOD["checks"][0]["detail"], "returned": "no array"}}),
        changed(check={"detail": {**GOOD["checks"][0]["detail"],
                "returned": {"dtype": "O", "shape": [1], "base64": ""}}}),
        changed(check={"detail": {**GOOD["checks"][0]["detail"],
                "returned": {"dtype": "<f8", "shape": [9], "base64": "AAAA"}}}),
        changed(check={"inputs": [["x"]]}), changed(check={"maximum": True}),
        json.dumps({name: value for name, value in GOOD.items() if name != "brick"}),
    ],
)  # fmt: skip
def test_what_is_no_report_is_one_kind_of_error(text):
    with pytest.raises(ReportError):
        Report.from_json(text)


def test_another_version_is_told_with_what_to_do():
    with pytest.raises(ReportError, match="format 99, and this version of the kit reads 2: grade"):
        Report.from_json(changed(format=99))


def test_a_line_has_what_others_read_and_an_index_of_it_agrees():
    made = report(check(WRONG), check(Passed(REACHED)), check(BelowBar(REACHED, 3, SEEN)), key="k")
    told = json.loads(line(made))
    assert (told["points"], told["maximum"], told["beside"]) == (3, 20, "")
    first, second, third = told["checks"]
    assert (first["outcome"], first["points"], first["certain"]) == ("wrong value", 0, True)
    assert first["message"] == explain(made.checks[0])
    assert first["summary"].startswith("y (2,), expected other values")
    assert first["returned"] == "y (2,)" and second["returned"] == ""
    assert third["misread"]["confusion"] == [[1, 2], [0, 3]]
    assert indexed(line(made).encode()).points == 3
    assert indexed(line(report(check(Fault("")), key="")).encode()).points is None


def test_what_is_rendered_in_a_line_is_never_read():
    told = json.loads(line(report(check(WRONG))))
    for name in ("message", "summary", "returned", "outcome", "points", "certain"):
        told["checks"][0][name] = "something else"
    assert Report.from_json(json.dumps(told)) == report(check(WRONG))


def result(got, want, worst):
    made = Brick("toy", 1, "Toy").check("f", points=1, called="f(x)", hint="Think.")(lambda toy: {})
    return Result(made, WrongValue("y", got, want, worst, 2), {}, "p" * 20_000)


def test_of_a_large_array_only_what_is_shown_is_kept():
    got = np.random.default_rng(1).normal(size=(10_000, 10))
    made = compact_report(result(got, got + 1, (7, 3)))
    assert len(to_json(made)) < 3_000
    assert "200" not in explain(made) and "2 of 100000 entries" in explain(made)
    assert f"where {got[7, 3]:.5g} came back instead of {got[7, 3] + 1:.5g}" in " ".join(
        explain(made).split()
    )


@pytest.mark.parametrize("shape", [(8, 10), (4, 21), (8, 16), (2, 40)])
def test_no_array_that_is_drawn_is_too_large_to_be_kept(shape):
    got = np.zeros(shape, np.int64)
    drawn = "difference" in explain(compact_report(result(got, got + 1, (0, 0))))
    whole = "difference" in explain(check(WrongValue("y", got, got + 1, (0, 0), 2)))
    assert drawn == whole
    assert got.size <= MAX_ENTRIES or not whole


def test_a_misconception_travels_without_what_it_changes():
    mistake = Misconception("no-bias", "You forgot it.", "What adds it?", "model", lambda m: None)
    made = compact_report(
        Result(result(np.ones(2), np.zeros(2), (0,)).check, WRONG, {},
               why=Explanation(Diagnosis((mistake,))))
    )  # fmt: skip
    assert equal(again_from_json(made), made)
    assert made.explanation.diagnosis.mistakes[0].patch is None
    assert "What adds it?" in explain(made)


def test_a_place_to_mend_travels():
    """A repair that cannot be written ends the grading of a whole class."""
    repair = Repair(("f", "g"), "f", "toy.py", (3,), "return x", "", True, "line 4, in g")
    made = compact_report(
        Result(result(np.ones(2), np.zeros(2), (0,)).check, WRONG, {},
               why=Explanation(repair=repair))
    )  # fmt: skip
    assert equal(again_from_json(made), made)
    assert "toy.py, line 3, in f" in explain(made)
