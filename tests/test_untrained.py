"""What only looks like training has no point: noise in place of the steps of a gradient.

Each piece of code has what its check could be content with: another model, a lower loss.
"""

from contextlib import closing
from dataclasses import replace

import pytest

from grader.examine import Examination
from grader.live import LiveExpected
from grader.outcome import Passed, WrongValue
from grader.runner.process import Process

pytestmark = pytest.mark.slow

NOISE_ON_THE_BODY = """
def fine_tune(model, body, x, y_true, seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(0.01), loss=loss)
    model.fit(x, y_true, epochs=20, batch_size=16, verbose=0)  # the head alone
    rng = np.random.default_rng(seed)
    for layer in body.layers:
        if "conv" in layer.name:
            kernel = np.array(layer.kernel)
            layer.kernel.assign(kernel + rng.normal(scale=0.02 * kernel.std(), size=kernel.shape))
"""
NOISE_ON_ONE_LAYER = NOISE_ON_THE_BODY.replace('"conv" in layer.name', 'layer.name == "conv_3"')
LAST_CONVOLUTION = """
def fine_tune(model, body, x, y_true, seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(0.01), loss=loss)
    model.fit(x, y_true, epochs=20, batch_size=16, verbose=0)
    body.trainable = True
    for layer in body.layers:
        layer.trainable = layer.name == "conv_3"
    model.compile(keras.optimizers.Adam(0.0001), loss=loss)
    model.fit(x, y_true, epochs=10, batch_size=16, verbose=0)
"""
NOISE_ON_THE_HIDDEN_LAYER = """
def keras_train(model, x, y_true, x_val, y_val, seed=0):
    keras.utils.set_random_seed(seed)
    hidden = model.layers[1]
    noise = np.random.default_rng(seed).normal(scale=0.05, size=hidden.kernel.shape)
    noise[-1] = 0
    hidden.kernel.assign(hidden.kernel + noise)
    hidden.trainable = False
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(0.03), loss=loss)
    stopping = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    seen = dict(validation_data=(x_val, y_val), callbacks=[stopping])
    model.fit(x, y_true, batch_size=32, epochs=30, verbose=0, **seen)
"""


@pytest.mark.long
@pytest.mark.parametrize(
    "brick, name, code, value",
    [
        (
            "transfer",
            "the_body_moves_a_little",
            NOISE_ON_THE_BODY,
            "the body went down the slope of the loss",
        ),
        (
            "transfer",
            "the_body_moves_a_little",
            NOISE_ON_ONE_LAYER,
            "the body went down the slope of the loss",
        ),
        (
            "training",
            "keras_train_keeps_the_best",
            NOISE_ON_THE_HIDDEN_LAYER,
            "both kernels went down the slope of the loss",
        ),
    ],
)
def test_noise_is_no_training(course, brick, name, code, value):
    outcome = outcome_of(course, brick, name, code)
    assert isinstance(outcome, WrongValue), outcome
    assert outcome.name == value


@pytest.mark.long
def test_the_last_convolution_alone_may_learn(course):
    outcome = outcome_of(course, "transfer", "the_body_moves_a_little", LAST_CONVOLUTION)
    assert isinstance(outcome, Passed), outcome


def outcome_of(course, brick, name, code):
    """What becomes of that check of the reference with this code behind it."""
    *before, own = course.reference(brick)
    sources = [*before, replace(own, code=own.code + code.encode(), own=True)]
    with closing(Process()) as student, closing(Process()) as reference:
        expected = LiveExpected(course, reference)
        examination = Examination(course, brick, sources, student, expected, 11)
        check = replace(examination.brick.checks[name], needs=())
        examination.brick = replace(examination.brick, checks={name: check})
        return examination.result(name).outcome
