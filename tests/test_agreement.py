"""A cause is named only if all that ran could come from it."""

import numpy as np
import pytest

from grader.course import PUBLIC_SEED
from grader.diagnosis.agreement import Ran, agrees
from grader.examine import Examination
from grader.live import LiveAnswers, LiveExpected
from grader.misconception import Misconception
from grader.probe import Returned
from grader.report.check_report import check_report
from grader.report.text import likely
from grader.runner.in_process import InProcess
from grader.source import Source

MINE, OTHER = (Misconception(name, "It is.", "Is it?", "model") for name in ("mine", "other"))
RIGHT = np.array([1.0, 2.0, 4.0])


class Known:
    """Answers of misconceptions: by id, the factor of the right answer."""

    def __init__(self, together=None, **factors):
        self.factors, self.together = factors, together

    def answers(self, check, inputs, after=None):
        if after:
            return [(OTHER, {"y": RIGHT * self.together})] if self.together else []
        known = {"mine": MINE, "other": OTHER}
        return [(known[name], {"y": RIGHT * by}) for name, by in self.factors.items()]

    def answer(self, mistake, check, inputs):
        return next((a for m, a in self.answers(check, inputs) if m is mistake), None)


@pytest.fixture(scope="module")
def check(course):
    return course.bricks["layer"].checks["softmax_rows"]


def ran(check, factor, passed=False, near=True):
    return Ran(check, {}, Returned({"y": RIGHT * factor}), passed, near)


def test_a_pass_that_the_mistake_would_fail_refutes_it(check):
    assert not agrees(MINE, [ran(check, 1, passed=True)], Known(mine=2.0), ())
    assert agrees(MINE, [ran(check, 1, passed=True)], Known(other=2.0), ())


def test_a_failure_nearby_must_be_its_own_or_known_otherwise(check):
    assert agrees(MINE, [ran(check, 2)], Known(mine=2.0), ())
    assert agrees(MINE, [ran(check, 3)], Known(mine=2.0, other=3.0), ())
    assert not agrees(MINE, [ran(check, 5)], Known(mine=2.0, other=3.0), ())
    assert not agrees(MINE, [ran(check, 5)], Known(), ())
    assert agrees(MINE, [ran(check, 6)], Known(together=6.0, mine=2.0), [OTHER])


def test_a_failure_far_away_counts_where_the_mistake_would_fail_otherwise(check):
    assert agrees(MINE, [ran(check, 5, near=False)], Known(), ())
    assert not agrees(MINE, [ran(check, 5, near=False)], Known(mine=2.0), ())


FALSE_OF = {
    "one bias for all units": (
        "layer",
        ("x @ self.kernel + self.bias\n", "x @ self.kernel + self.bias[0]\n"),
        "never added",
    ),
    "only d_bias is a mean": (
        "layer",
        ("self.d_bias = d_out.sum(axis=0)", "self.d_bias = d_out.mean(axis=0)"),
        "The layer divides its gradients",
    ),
    "positive weights": (
        "neuron",
        ("rng.normal(scale=1 / np.sqrt(n_inputs), size=n_inputs)", "rng.random(n_inputs) / 9"),
        "standard deviation 1,",
    ),
    "all gradients uphill": (
        "cnn",
        (
            "(self.probabilities - one_hot(y_true, n_classes)) / n",
            "(one_hot(y_true, n_classes) - self.probabilities) / n",
        ),
        "The labels are sorted",
    ),
    "a relu that does nothing": ("mlp", ("np.maximum(z, 0.0)", "1.0 * z"), "No ReLU stands"),
}


@pytest.mark.parametrize(("brick", "change", "never"), FALSE_OF.values(), ids=FALSE_OF.keys())
def test_a_cause_that_only_looks_alike_is_not_named(course, brick, change, never):
    *before, reference = course.reference(brick)
    assert change[0] in reference.code.decode()
    code = reference.code.decode().replace(*change).encode()
    place = InProcess()
    examination = Examination(
        course,
        brick,
        [*before, Source(brick, f"{brick}.py", code)],
        place,
        LiveExpected(course, place),
        PUBLIC_SEED,
        LiveAnswers(course, place),
    )
    results = [
        examination.result(name)
        for name, check in course.bricks[brick].checks.items()
        if not check.keras and not check.labels
    ]
    failed = [check_report(result) for result in results if result.why]
    assert failed
    for report in failed:
        assert never not in likely(report.explanation)
