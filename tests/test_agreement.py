"""A message names no mistake that another check of the brick contradicts."""

from contextlib import closing
from dataclasses import replace

import pytest

from grader.course import PUBLIC_SEED
from grader.examiner import Examiner
from grader.runner.process import Process

MEAN_OF_ONE = """
def backward(self, d_out):
    self.d_kernel = self.x.T @ d_out
    self.d_bias = d_out.mean(axis=0)
    return d_out @ self.kernel.T
Dense.backward = backward
"""
MEAN_OF_BOTH = MEAN_OF_ONE.replace("self.x.T @ d_out", "self.x.T @ d_out / len(d_out)")


@pytest.fixture
def named(course):
    """named(code): by check, ids of the mistakes that a layer with this code is said to have."""
    with closing(Process()) as student, closing(Process()) as reference:
        examiner = Examiner(course, reference, PUBLIC_SEED)

        def named(code):
            *before, right = course.reference("layer")
            attribute = "x" if b"self.x = " in right.code else "_x"
            own = f"\n{code.replace('self.x', f'self.{attribute}')}".encode()
            sources = [*before, replace(right, code=right.code + own, own=True)]
            examination = examiner.of_sources("layer", sources, student)
            quick = [c.name for c in examination.brick.checks.values() if not (c.keras or c.labels)]
            results = [examination.result(name) for name in quick]
            return {
                result.check.name: [mistake.id for mistake in result.why.diagnosis.mistakes]
                for result in results
                if result.why and result.why.diagnosis
            }

        yield named


def test_a_mistake_of_both_gradients_is_named_where_both_are_wrong(named):
    found = named(MEAN_OF_BOTH).values()
    assert {mistake for mistakes in found for mistake in mistakes} == {"gradient-divided-twice"}


def test_it_is_not_named_where_one_gradient_is_right(named):
    assert named(MEAN_OF_ONE) == {}
