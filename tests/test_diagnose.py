"""A diagnosis is exact and the only one that fits, or nothing is said."""

import numpy as np
import pytest

from grader.check import ASIDE, FLOAT32
from grader.course import PUBLIC_SEED
from grader.diagnosis.exact import Diagnosis, diagnose
from grader.examine import Examination
from grader.live import LiveAnswers, LiveExpected
from grader.misconception import Misconception
from grader.misconceptions import misconceptions, with_misconception
from grader.probe import NoArray, Returned
from grader.report.check_report import check_report
from grader.report.text import explain
from grader.runner.in_process import InProcess

HALF, DOUBLE, NEGATIVE = (
    Misconception(name, f"It is {name}.", "Is it?", "model") for name in ("half", "double", "neg")
)
RIGHT = np.array([1.0, 2.0, 4.0])


def answers(**factors):
    known = {"half": HALF, "double": DOUBLE, "neg": NEGATIVE}
    return [(known[name], {"y": RIGHT * factor}) for name, factor in factors.items()]


def said(values, alone, on_top=()):
    returned = Returned(values if isinstance(values, dict) else {"y": values})
    return diagnose(returned, alone, on_top, FLOAT32)


def test_the_one_that_answers_so_is_named():
    known = answers(half=0.5, double=2.0)
    assert said(RIGHT * 2, known) == Diagnosis((DOUBLE,))
    assert said((RIGHT * 2).astype(np.float32), known) == Diagnosis((DOUBLE,))
    assert said(RIGHT * 3, known) is None


def test_two_that_cannot_be_told_apart_are_both_named_and_three_are_not():
    assert said(RIGHT, answers(half=1.0, double=1.0)) == Diagnosis((HALF, DOUBLE))
    assert said(RIGHT, answers(half=1.0, double=1.0, neg=1.0)) is None


@pytest.mark.parametrize(
    "values",
    [
        {"y": RIGHT * 2, "z": RIGHT},
        {"z": RIGHT * 2},
        {},
        {"y": (RIGHT * 2)[:, None]},
        {"y": (RIGHT * 2).astype(int)},
        {"y": NoArray("None")},
        {"y": RIGHT * 2 + [0, 0, 0.01]},
        {"y": np.array([2.0, 4.0, np.nan])},
    ],
)
def test_every_array_must_be_the_same_in_name_shape_kind_and_value(values):
    assert said(values, answers(double=2.0)) is None


def test_what_only_explains_is_not_compared():
    values = {"y": RIGHT * 2, ASIDE + "hidden": RIGHT}
    assert said(values, answers(double=2.0)) == Diagnosis((DOUBLE,))


def test_two_at_once_only_where_none_alone_fits_and_one_pair_does():
    on_top = [(HALF, NEGATIVE, {"y": RIGHT * -0.5})]
    both = Diagnosis((HALF, NEGATIVE), together=True)
    assert said(RIGHT * -0.5, answers(half=0.5), on_top) == both
    assert said(RIGHT * -0.5, answers(double=-0.5), on_top) == Diagnosis((DOUBLE,))
    turned = (NEGATIVE, HALF, {"y": RIGHT * -0.5})
    assert said(RIGHT * -0.5, (), [*on_top, turned]) == both
    other = (DOUBLE, HALF, {"y": RIGHT * -0.5})
    assert said(RIGHT * -0.5, (), [*on_top, other]) is None


def test_pairs_are_not_computed_where_one_alone_fits():
    def on_top():
        raise AssertionError("asked for")
        yield

    assert said(RIGHT * 2, answers(double=2.0), on_top()) == Diagnosis((DOUBLE,))


class Counting(InProcess):
    runs = 0

    def run(self, job):
        self.runs += 1
        return super().run(job)


def examination(course, brick, source, place):
    *before, _ = course.reference(brick)
    misconception_answers = LiveAnswers(course, place)
    return Examination(
        course,
        brick,
        [*before, source],
        InProcess(),
        LiveExpected(course, InProcess()),
        PUBLIC_SEED,
        misconception_answers,
    )


def test_a_right_answer_costs_no_lookup(course):
    place = Counting()
    right = course.reference("layer")[-1]
    examination(course, "layer", right, place).result("softmax_rows")
    assert place.runs == 0


def mistaken(course, brick, *ids):
    source = course.reference(brick)[-1]
    for one in misconceptions(course, brick):
        if one.id in ids:
            source = with_misconception(source, one)
    return source


@pytest.mark.parametrize(
    ("brick", "check", "upstream", "downstream"),
    [
        ("layer", "gradients_of_the_loss", "labels-from-one", "gradient-summed"),
        ("neuron", "two_steps", "bias-forgotten", "step-uphill"),
    ],
)
def test_two_misconceptions_at_once_are_recognised(course, brick, check, upstream, downstream):
    source = mistaken(course, brick, upstream, downstream)
    result = examination(course, brick, source, InProcess()).result(check)
    assert result.why.diagnosis.together
    assert [m.id for m in result.why.diagnosis.mistakes] == [upstream, downstream]
    assert result.why.diagnosis.mistakes[1].asks.split()[0] in explain(check_report(result))


@pytest.mark.parametrize("brick", ["neuron", "layer", "mlp", "convolution", "cnn", "features"])
def test_every_misconception_says_and_asks(course, brick):
    for one in misconceptions(course, brick):
        assert one.says.endswith((".", "!", "?"))
        assert "?" in one.asks
        assert one.idea
