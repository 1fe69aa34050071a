"""The image that a unit prefers is climbed to: kernels, or a single gradient, earn nothing."""

from dataclasses import replace

import pytest

from grader.course import PUBLIC_SEED
from grader.examine import Examination
from grader.live import LiveExpected
from grader.outcome import Fault, Passed
from grader.runner.process import Process

pytestmark = [pytest.mark.slow, pytest.mark.long]

BY_SIGN = """
def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
    start = np.random.default_rng(seed).uniform(0.4, 0.6, size=model.input_shape[1:])
    way = steps * step_size * np.sign(_slopes(model, layer, unit, start))
    return np.clip(start + way, 0, 1).astype(np.float32)
"""
KERNELS = """
def _slopes(model, layer, unit, start):
    "The kernels up to the layer, multiplied, and laid side by side: no gradient."
    before = [one for one in model.layers if hasattr(one, "strides")]
    before = before[: [one.name for one in before].index(layer) + 1]
    kernel = np.array(before[0].kernel)
    for one in before[1:]:
        kernel = kernel @ np.array(one.kernel)[0, 0]
    slopes, stride = np.zeros(start.shape), before[0].strides[0]
    for row in range(0, len(start) - 2, stride):
        for column in range(0, start.shape[1] - 2, stride):
            slopes[row : row + 3, column : column + 3] = kernel[..., unit]
    return slopes
"""
ONE_GRADIENT = """
def _slopes(model, layer, unit, start):
    import keras
    import tensorflow as tf

    part = keras.Model(model.inputs[0], model.get_layer(layer).output)
    x = tf.constant(start[np.newaxis], tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        activation = tf.reduce_mean(part(x, training=False)[..., unit])
    return tape.gradient(activation, x)[0].numpy()
"""


@pytest.fixture(scope="module")
def passed(course):
    """passed(code, seed): which checks of the part pass, with that code after the reference's."""
    student, reference = Process(), Process()
    expected = LiveExpected(course, reference)

    def passed(code, seed):
        *before, own = course.reference("features")
        sources = [*before, replace(own, code=own.code + code.encode())]
        examination = Examination(course, "features", sources, student, expected, seed)
        checks = [
            c for c in course.bricks["features"].checks.values() if c.part == "preferred_input"
        ]
        outcomes = {check.name: examination.result(check.name).outcome for check in checks}
        assert not any(isinstance(outcome, Fault) for outcome in outcomes.values())
        return {name for name, outcome in outcomes.items() if isinstance(outcome, Passed)}

    yield passed
    for process in (student, reference):
        process.close()


@pytest.mark.parametrize("seed", [PUBLIC_SEED, 1, 2])
@pytest.mark.parametrize("slopes", [KERNELS, ONE_GRADIENT], ids=["kernels", "one gradient"])
def test_without_climbing_there_are_no_points(passed, slopes, seed):
    assert passed(slopes + BY_SIGN, seed) == set()


def test_who_climbs_has_all(passed):
    assert len(passed("", 1)) == 4
