import numbers

import numpy as np
import pytest


@pytest.fixture
def x(rng):
    return rng.normal(size=(6, 4))


@pytest.fixture
def y_true():
    return np.array([0, 2, 1, 0, 2, 1])


def test_dense_keeps(layer_rule, layer, x):
    layer_rule(lambda seed=0: layer.Dense(4, 3, seed=seed), x)


def test_single_layer_perceptron_keeps(model_rule, layer, x, y_true):
    model_rule(lambda seed=0: layer.SingleLayerPerceptron(4, 3, seed=seed), x, y_true)


@pytest.mark.slow
def test_doctests(layer, assert_doctests_pass):
    assert_doctests_pass(layer)


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64])
def test_one_hot_agrees_with_tensorflow(layer, tf, assert_close, kind):
    labels = np.array([2, 0, 3, 2], dtype=kind)
    assert_close(layer.one_hot(labels, 5), tf.one_hot(labels, 5).numpy(), 0)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (6, 2), (4, 10)])
def test_softmax_agrees_with_tensorflow(layer, tf, rng, assert_close, shape):
    z = rng.normal(scale=4, size=shape)
    assert_close(layer.softmax(z), tf.nn.softmax(z).numpy())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_is_stable_in_each_row(layer, warnings_are_errors, assert_close, dtype):
    """The rows differ by 2e4: what saves one of them must not sink the other."""
    z = np.array([[1e4, 1e4, -1e4], [-1e4, -1e4, -1e4], [0, 0, 1e4], [-1e4, 0, 0]], dtype=dtype)
    expected = [[1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3], [0, 0, 1], [0, 1 / 2, 1 / 2]]
    assert_close(layer.softmax(z), expected, 1e-6)


def test_softmax_leaves_z_alone(layer, x):
    x.setflags(write=False)
    layer.softmax(x)


def test_categorical_cross_entropy_agrees_with_tensorflow(layer, tf, rng, assert_close):
    z, y_true = rng.normal(size=(7, 4)), np.eye(4)[rng.integers(0, 4, 7)]
    expected = tf.nn.softmax_cross_entropy_with_logits(y_true, z).numpy().mean()
    loss = layer.categorical_cross_entropy(y_true, tf.nn.softmax(z).numpy())
    assert isinstance(loss, numbers.Real)
    assert_close(loss, expected)


@pytest.mark.parametrize("sure", [0.0, 1e-12, 5e-8, 1e-7])
def test_categorical_cross_entropy_clips_at_1e_7(layer, warnings_are_errors, sure):
    y_pred = np.array([[sure, 1 - sure]])
    wrong = layer.categorical_cross_entropy(np.array([[1.0, 0.0]]), y_pred)
    right = layer.categorical_cross_entropy(np.array([[0.0, 1.0]]), y_pred)
    assert wrong == pytest.approx(-np.log(1e-7), rel=1e-7)
    assert right == pytest.approx(1e-7, rel=1e-6)


def test_categorical_cross_entropy_clips_no_earlier(layer):
    y_pred = np.array([[1.5e-7, 1 - 1.5e-7]])
    loss = layer.categorical_cross_entropy(np.array([[1.0, 0.0]]), y_pred)
    assert loss == pytest.approx(-np.log(1.5e-7))


def test_categorical_cross_entropy_leaves_its_arguments_alone(layer):
    y_true, y_pred = np.eye(2), np.eye(2)
    y_true.setflags(write=False)
    y_pred.setflags(write=False)
    layer.categorical_cross_entropy(y_true, y_pred)


@pytest.mark.parametrize("n_inputs, units", [(784, 10), (60, 90), (30, 300)])
def test_dense_kernel_starts_glorot_uniform(layer, assert_glorot_uniform, n_inputs, units):
    kernel = layer.Dense(n_inputs, units, seed=3).kernel
    assert kernel.shape == (n_inputs, units)
    assert_glorot_uniform(kernel)


@pytest.mark.parametrize("n_samples, n_inputs, units", [(1, 3, 2), (5, 4, 1), (6, 1, 3), (4, 5, 6)])
def test_dense_agrees_with_gradient_tape(
    layer, tf, tape, rng, assert_close, assert_all_close, n_samples, n_inputs, units
):
    dense = layer.Dense(n_inputs, units, seed=1)
    dense.bias = rng.normal(size=units)
    x, d_out = rng.normal(size=(n_samples, n_inputs)), rng.normal(size=(n_samples, units))
    _, expected = tape(
        lambda x, kernel, bias: tf.reduce_sum((x @ kernel + bias) * d_out),
        *(x, dense.kernel, dense.bias),
    )
    assert_close(dense.forward(x), tf.nn.bias_add(tf.matmul(x, dense.kernel), dense.bias).numpy())
    assert_all_close([dense.backward(d_out), dense.d_kernel, dense.d_bias], expected)


@pytest.mark.parametrize("n_samples, n_inputs, n_classes", [(1, 3, 2), (5, 4, 3), (8, 2, 10)])
def test_single_layer_perceptron_agrees_with_gradient_tape(
    layer, tf, tape, rng, assert_close, n_samples, n_inputs, n_classes
):
    model = layer.SingleLayerPerceptron(n_inputs, n_classes, seed=1)
    model.dense.bias = rng.normal(size=n_classes)
    x, y_true = rng.normal(size=(n_samples, n_inputs)), rng.integers(0, n_classes, n_samples)

    def loss(kernel, bias):
        logits = x @ kernel + bias
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, logits))

    expected_loss, (d_kernel, d_bias) = tape(loss, model.dense.kernel, model.dense.bias)
    logits = x @ model.dense.kernel + model.dense.bias
    assert_close(model.forward(x), tf.nn.softmax(logits).numpy())
    model.backward(y_true)
    assert_close(model.dense.d_kernel, d_kernel)
    assert_close(model.dense.d_bias, d_bias)
    assert_close(model.train_step(x, y_true, 0.1), expected_loss)


def test_a_sure_perceptron_stays_finite(layer, warnings_are_errors):
    model = layer.SingleLayerPerceptron(2, 2)
    model.dense.kernel = np.array([[1e4, -1e4], [0.0, 0.0]])
    loss = model.train_step(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([1, 0]), 0.1)
    assert np.isfinite(loss)
    assert np.all(np.isfinite(model.dense.kernel))


@pytest.mark.slow
def test_keras_layer_is_the_same_layer(layer, tf, rng, x, assert_close):
    model = layer.SingleLayerPerceptron(4, 3, seed=5)
    model.dense.bias = rng.normal(size=3)
    twin = layer.keras_layer(4, 3)
    twin.set_weights([model.dense.kernel, model.dense.bias])
    assert_close(twin(x.astype(np.float32)).numpy(), model.forward(x), 1e-5)
