"""A trained model that a course ships comes back as the same model, from plain arrays."""

import numpy as np
import pytest

from grader.networks import keras_checks, shipped


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


@pytest.fixture
def model(keras):
    keras.utils.set_random_seed(1)
    layers = [
        keras.layers.Conv2D(2, 3, name="conv"),
        keras.layers.BatchNormalization(),
        keras.layers.Flatten(),
        keras.layers.Dense(3, activation="softmax"),
    ]
    return keras.Sequential([keras.Input((5, 6, 1)), *layers], name="small")


@pytest.mark.slow
def test_it_is_the_same_model_from_the_same_bytes(model, tmp_path):
    model.layers[1].moving_mean.assign([0.5, -0.5])
    x = np.random.default_rng(0).uniform(size=(4, 5, 6, 1)).astype(np.float32)
    for name in ("one.npz", "other.npz"):
        shipped.write(model, tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()
    again = shipped.model_of(**shipped.read(tmp_path / "one.npz"))
    assert np.array_equal(again(x, training=False), model(x, training=False))
    assert len(again.trainable_weights) == len(model.trainable_weights)


@pytest.mark.slow
def test_several_models_are_sent_and_computed_by_name(model):
    x = np.random.default_rng(0).uniform(size=(4, 5, 6, 1)).astype(np.float32)
    returned = {**keras_checks.sent_as("before", model, x), "other": np.ones(2)}
    first = np.array(model(x, training=False))
    model.layers[-1].bias.assign([5.0, 0.0, 0.0])
    returned |= keras_checks.sent_as("after", model, x)
    found = keras_checks.outputs(returned, {"x": x})
    assert found.keys() == {"other", "p before", "p after"}
    np.testing.assert_allclose(found["p before"], first, atol=1e-6)
    np.testing.assert_allclose(found["p after"], model(x, training=False), atol=1e-6)
