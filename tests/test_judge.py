"""When two arrays count as the same, and what is said when they do not."""

import time

import numpy as np
import pytest

from grader import all_differ
from grader.brick import Brick
from grader.check import FLOAT32, Tolerance
from grader.judge import accuracy, compare, judge, measured
from grader.outcome import Accuracy, NotFinite, Passed, WrongShape, WrongType, WrongValue
from grader.probe import NoArray, Returned

EXACT = Tolerance(0.0, 0.0)
EVIDENCE = {"bar": 0.7, "mean": 0.9, "spread": 0.01, "seeds": 30}


def verdict(got, want, tolerance=FLOAT32):
    got = got if isinstance(got, NoArray) else np.asarray(got)
    return compare("p", got, np.asarray(want), tolerance)


def check_with(measure=None):
    brick = Brick("mlp", order=1, title="MLP")
    return brick.check("part", points=1, called="f()", hint="Think.", measure=measure)(
        lambda mlp: {}
    )


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_any_real_type_is_right(dtype):
    want = np.array([0.5, -2.0, 0.0])
    assert verdict(want.astype(dtype), want) == Passed()


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint8", "uint64"])
def test_any_integer_type_is_right_for_labels(dtype):
    assert verdict(np.array([0, 9], dtype), np.array([0, 9])) == Passed()


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (0.5, [0.5, 0.5]),
        ([0.5], [0.5, 0.5]),
        ([[0.5, 0.5]], [0.5, 0.5]),
        ([[0.5], [0.5]], [0.5, 0.5]),
        ([], [0.5, 0.5]),
        (np.zeros((0, 2)), [[0.5, 0.5]]),
        ([0.5], 0.5),
        (0.5, [0.5]),
        ([0.5] * 3, [0.5] * 2),
        (np.zeros((2, 3)), np.zeros((3, 2))),
    ],
)
def test_another_shape_never_passes(got, want):
    assert verdict(got, want) == WrongShape("p", np.shape(got), np.shape(want))


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        (np.array([1, 0]), [1.0, 0.0], "integers (int64) from 0 to 1"),
        (np.array([True, False]), [1.0, 0.0], "true or false (bool)"),
        (np.array([True, False]), [1, 0], "true or false (bool)"),
        (np.array([1.0, 0.0]), [1, 0], "real numbers (float64)"),
        (np.array([1, 0]), [True, False], "integers (int64) from 0 to 1"),
        (np.array(1.0), 1, "real numbers (float64)"),
        (np.array(True), 1.0, "true or false (bool)"),
    ],
)
def test_another_kind_never_passes_though_the_numbers_are_equal(got, want, words):
    outcome = verdict(got, want)
    assert isinstance(outcome, WrongType)
    assert outcome.returned == words


def test_a_whole_number_may_stand_where_one_real_number_is_due():
    assert verdict(2, 2.0) == Passed()
    assert isinstance(verdict(3, 2.0), WrongValue)


@pytest.mark.parametrize(
    ("want", "words"),
    [
        (1.0, "a number"),
        (1, "a number"),
        ([1.0], "an array of real numbers"),
        ([1], "an array of integers"),
        ([True], "an array of true or false"),
    ],
)
def test_no_array_is_told_with_what_was_due(want, words):
    assert verdict(NoArray("None"), want) == WrongType("p", "None", words)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("want", [0.5, np.nan, np.inf, -np.inf])
def test_what_is_not_finite_never_passes_whatever_was_expected(bad, want):
    outcome = verdict([[0.5, bad], [bad, 0.5]], [[0.5, want], [0.5, 0.5]])
    assert isinstance(outcome, NotFinite)
    assert (outcome.index, outcome.n_bad) == ((0, 1), 2)
    assert outcome.value == bad or np.isnan(bad)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_nothing_passes_against_an_expectation_that_is_not_finite(broken):
    assert not isinstance(verdict([1.0, 2.0], [1.0, broken]), Passed)
    assert not isinstance(verdict([1.0, 7.0], [broken, 2.0]), Passed)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_tolerance_grows_with_the_array(scale):
    want = scale * np.array([1.0, 1e-12, 0.0])
    relative = Tolerance(relative=1e-4, absolute=0.0)
    assert verdict(want + 0.9e-4 * scale, want, relative) == Passed()
    assert isinstance(verdict(want + 1.1e-4 * scale, want, relative), WrongValue)


def test_a_tiny_entry_may_be_zero():
    assert verdict([0.0, 1.0], [4e-18, 1.0]) == Passed()


def test_an_error_at_the_very_limit_passes():
    assert verdict([1.5, 1.0], [1.0, 1.0], Tolerance(relative=0.0, absolute=0.5)) == Passed()


def test_labels_have_no_tolerance():
    assert isinstance(verdict([999, 1], [1000, 1], Tolerance(1.0, 10.0)), WrongValue)


def test_unsigned_numbers_do_not_wrap_around():
    outcome = verdict(np.array([0, 255], np.uint8), np.array([1, 255]))
    assert (outcome.worst, outcome.n_wrong) == ((0,), 1)


def test_the_worst_entry_and_the_number_of_wrong_ones_are_named():
    want = np.zeros((2, 3, 4))
    got = want.copy()
    got[0, 1, 2], got[1, 2, 3] = 0.5, -3.0
    outcome = verdict(got, want)
    assert (outcome.worst, outcome.n_wrong) == ((1, 2, 3), 2)
    assert outcome.returned[outcome.worst] == -3.0


def test_a_wrong_single_number_has_its_place_too():
    outcome = verdict(2.5, 0.5)
    assert (outcome.worst, outcome.n_wrong) == ((), 1)


def test_numbers_too_large_for_their_difference_are_wrong():
    assert isinstance(verdict([1.7e308, 0.0], [-1.7e308, 0.0]), WrongValue)


def test_what_else_is_right_is_told_beside_a_wrong_value():
    returned = Returned({"d_kernel": np.ones(2), "d_bias": np.ones(1), "extra": np.ones(9)})
    outcome = judge(check_with(), returned, {"d_kernel": np.zeros(2), "d_bias": np.ones(1)})
    assert (outcome.name, outcome.right) == ("d_kernel", ("d_bias",))


def test_everything_that_is_expected_must_come_back():
    returned = Returned({"d_kernel": np.zeros(2)})
    outcome = judge(check_with(), returned, {"d_kernel": np.zeros(2), "d_bias": np.ones(1)})
    assert outcome == WrongType("d_bias", "nothing", "an array of real numbers")


def test_all_right_passes():
    values = {"d_kernel": np.zeros(2), "d_bias": np.ones(())}
    assert judge(check_with(), Returned(values), values) == Passed()


def test_without_a_measure_values_are_compared_as_they_are():
    returned = Returned({"p": NoArray("None")})
    assert measured(check_with(), returned, {}) is returned


def test_a_measure_gives_what_is_compared():
    check = check_with(
        lambda returned, inputs: {"same": np.array_equal(returned["p"], inputs["q"])}
    )
    came = measured(check, Returned({"p": np.ones(2)}), {"q": np.ones(2)})
    assert came.values["same"].dtype == bool
    assert came.values["same"][()]


@pytest.mark.filterwarnings("error")
def test_judging_what_is_not_finite_gives_no_warnings():
    check = check_with(lambda returned, inputs: {"sum": np.sum(returned["p"]) / 0.0})
    came = measured(check, Returned({"p": np.array([np.inf, -np.inf, 1e308])}), {})
    assert isinstance(judge(check, came, {"sum": np.array(1.0)}), NotFinite)
    assert isinstance(verdict([1.7e308], [-1.7e308]), WrongValue)


def test_what_is_no_array_is_told_before_it_is_measured():
    check = check_with(lambda returned, inputs: 1 / 0)
    returned = Returned({"p": np.ones(2), "q": NoArray("None")})
    assert measured(check, returned, {}) == WrongType("q", "None", "an array or a number")


def shape_of_two(returned, inputs):
    return {"rows": len(returned["p"]), "last": returned["p"][:, -1] + np.ones(3)}


@pytest.mark.parametrize("shape", [(), (0,), (3,), (3, 0), (2, 2), (3, 2, 2)])
def test_a_measure_that_cannot_work_with_a_shape_is_the_students_outcome(shape):
    outcome = measured(check_with(shape_of_two), Returned({"p": np.zeros(shape)}), {})
    assert isinstance(outcome, WrongType)
    assert (outcome.name, outcome.returned) == ("p", f"arrays of shape {shape}")


@pytest.mark.parametrize(
    "measure",
    [
        lambda returned, inputs: {"share": 1 // len(returned["p"])},
        lambda returned, inputs: {"p": {0: 1}[len(returned["p"]) + 1]},
        lambda returned, inputs: {"p": returned["p"].item().real.nothing},
        lambda returned, inputs: {"p": np.linalg.inv(returned["p"])},
        lambda returned, inputs: {"q": returned["q"]},
    ],
    ids=["ZeroDivisionError", "KeyError", "AttributeError", "LinAlgError", "missing name"],
)
def test_no_exception_of_a_measure_ends_the_grading(measure):
    assert isinstance(measured(check_with(measure), Returned({"p": np.zeros(0)}), {}), WrongType)


def test_however_much_came_back_its_shapes_are_a_line():
    values = {f"p{n}": np.zeros((1,) * 30) for n in range(900)}
    outcome = measured(check_with(lambda returned, inputs: returned["q"]), Returned(values), {})
    assert len(outcome.returned) <= 200


def test_a_measure_of_nothing_at_all_is_an_outcome():
    check = check_with(lambda returned, inputs: {"p": returned["p"]})
    assert isinstance(measured(check, Returned({}), {}), WrongType)


@pytest.mark.parametrize(
    "values",
    [
        {"p": np.zeros(30_000_000, np.int8)},
        {f"p{n}": np.zeros(100_000, np.int8) for n in range(20)},
        {"p": np.zeros((60_000, 1), np.int8), "q": np.zeros((1, 60_000), np.int8)},
        {
            "p": np.zeros((2_000, 1, 1), np.int8),
            "decoy": np.zeros((7, 7, 7), np.int8),
            "q": np.zeros((2_000, 1), np.int8),
            "r": np.zeros((2_000,), np.int8),
        },
        {"x after the call": np.zeros((900_000, 1, 1), np.int8)},
        {f"p{n}": np.zeros((1,) * (n % 60) + (n,), np.int8) for n in range(900)},
    ],
    ids=["large", "many", "row and column", "three axes", "beside an input", "names"],
)
def test_no_measure_works_with_what_would_take_all_memory(values):
    check = check_with(lambda returned, inputs: 1 / 0)
    began = time.process_time()
    outcome = measured(check, Returned(values), {"x": np.zeros((3, 200)), "seed": 3})
    assert time.process_time() - began < 1
    assert isinstance(outcome, WrongType)
    if len(values) < 900:
        assert outcome.expected == "arrays of a fitting size"


def test_what_a_measure_usually_gets_is_not_too_large():
    kernel, state, x = np.zeros((303, 200)), np.zeros(625), np.zeros((600, 28, 28, 1))
    values = {"k": kernel, "again": kernel, "state": state, "x": x, "p": np.zeros((600, 10))}
    check = check_with(lambda returned, inputs: {"q": 1})
    assert isinstance(measured(check, Returned(values), {"x": x}), Returned)


def test_a_shape_has_no_more_axes_than_an_array_can_have():
    outcome = compare("shape of k", np.ones(65, np.int8), np.array([3, 4]), EXACT)
    assert outcome == WrongShape("shape of k", (65,), (2,))
    outcome = compare("shape of k", np.ones(64, np.int8), np.array([3, 4]), EXACT)
    assert outcome == WrongShape("k", (1,) * 64, (3, 4))


LABELS = np.array([0, 1, 2, 3], np.uint8)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
def test_accuracy_is_the_share_of_right_labels(dtype):
    reached = accuracy(Returned({"labels": np.array([0, 1, 2, 9], dtype)}), LABELS, EVIDENCE)
    assert reached == Accuracy(0.75, 4, 0.7, 0.9, 0.01, 30)


@pytest.mark.parametrize(
    ("labels", "outcome"),
    [
        (np.array([0.0, 1.0, 2.0, 3.0]), WrongType),
        (np.array([False, True, True, True]), WrongType),
        (np.array([[0, 1, 2, 3]]), WrongShape),
        (np.array([0, 1, 2]), WrongShape),
        (np.array(1), WrongShape),
        (np.array([], int), WrongShape),
        (np.array([np.nan] * 4), WrongType),
        (NoArray("None"), WrongType),
    ],
)
def test_labels_of_another_form_reach_no_accuracy(labels, outcome):
    came = accuracy(Returned({"a name of the child's choice": labels}), LABELS, EVIDENCE)
    assert isinstance(came, outcome)
    assert came.name == "labels"


@pytest.mark.parametrize("names", [(), ("labels", "more")])
def test_other_than_one_array_of_labels_is_an_outcome(names):
    returned = Returned(dict.fromkeys(names, LABELS))
    assert isinstance(accuracy(returned, LABELS, EVIDENCE), WrongType)


@pytest.mark.parametrize(
    ("arrays", "differ"), [(np.eye(3), True), ([[1, 2], [0, 2], [1, 2]], False), ([[0.0]], True)]
)
def test_all_differ_where_no_two_are_equal(arrays, differ):
    assert all_differ(np.array(arrays)) == differ
    assert all_differ(np.array(arrays).T[..., None].swapaxes(0, 1)) == differ


def test_all_differ_is_quick_for_what_fills_an_answer():
    began = time.process_time()
    assert not all_differ(np.zeros((8_000_000, 8), np.uint8).T)
    assert time.process_time() - began < 3
