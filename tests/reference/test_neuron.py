import numbers

import numpy as np
import pytest


@pytest.fixture
def make(neuron):
    return lambda seed=0: neuron.Neuron(4, seed=seed)


@pytest.fixture
def x(rng):
    return rng.normal(size=(6, 4))


@pytest.fixture
def y_true():
    return np.array([0, 1, 1, 0, 1, 0])


def test_neuron_keeps(model_rule, make, x, y_true):
    model_rule(make, x, y_true)


@pytest.mark.slow
def test_doctests(neuron, assert_doctests_pass):
    assert_doctests_pass(neuron)


def test_images_are_flattened_row_by_row_and_divided_by_255(neuron, assert_close):
    images = np.array([[[0, 51, 102], [153, 204, 255]], [[255, 0, 0], [0, 0, 51]]], dtype=np.uint8)
    expected = [[0, 0.2, 0.4, 0.6, 0.8, 1], [1, 0, 0, 0, 0, 0.2]]
    assert_close(neuron.images_to_vectors(images), expected, 1e-6)
    assert images[0, 0, 1] == 51


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (2, 3, 4)])
def test_sigmoid_agrees_with_tensorflow(neuron, tf, rng, assert_close, shape):
    z = np.asarray(rng.normal(scale=5, size=shape))
    assert_close(neuron.sigmoid(z), tf.sigmoid(z).numpy())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_is_stable(neuron, warnings_are_errors, assert_close, dtype):
    z = np.array([-1e4, -800, -100, 0, 100, 800, 1e4], dtype=dtype)
    assert_close(neuron.sigmoid(z), [0, 0, 0, 0.5, 1, 1, 1], 1e-9)
    for extreme in z:
        assert np.isfinite(neuron.sigmoid(extreme[None]))


def test_sigmoid_leaves_z_alone(neuron):
    z = np.array([-2.0, 0.0, 3.0])
    z.setflags(write=False)
    neuron.sigmoid(z)


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float32, np.float64])
def test_binary_cross_entropy_agrees_with_tensorflow(neuron, tf, rng, assert_close, kind):
    z, y_true = rng.normal(size=9), rng.integers(0, 2, 9).astype(kind)
    expected = tf.nn.sigmoid_cross_entropy_with_logits(y_true.astype(float), z).numpy().mean()
    loss = neuron.binary_cross_entropy(y_true, tf.sigmoid(z).numpy())
    assert isinstance(loss, numbers.Real)
    assert_close(loss, expected)


@pytest.mark.parametrize("sure", [0.0, 1e-12, 5e-8, 1e-7])
def test_binary_cross_entropy_clips_at_1e_7(neuron, warnings_are_errors, sure):
    ceiling = -np.log(1e-7)
    wrong_low = neuron.binary_cross_entropy(np.array([1]), np.array([sure]))
    wrong_high = neuron.binary_cross_entropy(np.array([0]), np.array([1 - sure]))
    right = neuron.binary_cross_entropy(np.array([0, 1]), np.array([sure, 1 - sure]))
    assert wrong_low == pytest.approx(ceiling, rel=1e-7)
    assert wrong_high == pytest.approx(ceiling, rel=1e-7)
    assert right == pytest.approx(1e-7, rel=1e-6)


def test_binary_cross_entropy_clips_no_earlier(neuron):
    loss = neuron.binary_cross_entropy(np.array([1]), np.array([1.5e-7]))
    assert loss == pytest.approx(-np.log(1.5e-7))


def test_binary_cross_entropy_of_float32_certainties_is_finite(neuron, warnings_are_errors):
    y_pred = np.array([0, 1], dtype=np.float32)
    assert neuron.binary_cross_entropy(np.array([1, 0]), y_pred) == pytest.approx(16.1, rel=0.012)


def test_binary_cross_entropy_leaves_its_arguments_alone(neuron):
    y_true, y_pred = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    y_true.setflags(write=False)
    y_pred.setflags(write=False)
    neuron.binary_cross_entropy(y_true, y_pred)


def test_kernel_starts_normal_with_scale_one_over_root_n(neuron):
    """A normal law has 4.6 % beyond two deviations and 0.27 % beyond three; a uniform one none."""
    scaled = neuron.Neuron(40_000, seed=3).kernel * 200
    assert scaled.shape == (40_000,)
    assert abs(scaled.mean()) < 0.02
    assert scaled.std() == pytest.approx(1, abs=0.02)
    assert np.mean(np.abs(scaled) > 2) == pytest.approx(0.0455, abs=0.005)
    assert np.mean(np.abs(scaled) > 3) == pytest.approx(0.0027, abs=0.0015)


def test_bias_starts_at_zero(neuron):
    assert np.ndim(neuron.Neuron(3).bias) == 0
    assert neuron.Neuron(3).bias == 0.0


@pytest.mark.parametrize("n_samples, n_inputs", [(1, 3), (7, 1), (5, 8)])
def test_forward_and_gradients_agree_with_gradient_tape(
    neuron, tf, tape, rng, assert_close, n_samples, n_inputs
):
    model = neuron.Neuron(n_inputs, seed=2)
    model.bias = 0.3
    x, y_true = rng.normal(size=(n_samples, n_inputs)), rng.integers(0, 2, n_samples)

    def loss(kernel, bias):
        z = tf.linalg.matvec(x, kernel) + bias
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y_true.astype(float), z))

    _, (d_kernel, d_bias) = tape(loss, model.kernel, model.bias)
    got_kernel, got_bias = model.gradients(x, y_true)
    assert_close(model.forward(x), tf.sigmoid(x @ model.kernel + 0.3).numpy())
    assert_close(got_kernel, d_kernel)
    assert_close(got_bias, d_bias)


def test_predict_is_1_only_over_one_half(neuron):
    model = neuron.Neuron(2)
    model.kernel = np.array([1.0, 0.0])
    x = np.array([[0.0, 5.0], [1e-6, 5.0], [-1e-6, 5.0]])
    assert model.predict(x).tolist() == [0, 1, 0]


def test_a_sure_neuron_stays_finite(neuron, warnings_are_errors):
    model = neuron.Neuron(2)
    model.kernel = np.array([1e4, 0.0])
    x, y_true = np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([0, 1])
    assert np.isfinite(model.train_step(x, y_true, 0.1))
    assert np.all(np.isfinite(model.kernel))


CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


@pytest.mark.parametrize("seed", range(5))
def test_a_neuron_learns_and(neuron, seed):
    model, y_and = neuron.Neuron(2, seed=seed), np.array([0, 0, 0, 1])
    losses = model.fit(CORNERS, y_and, epochs=500, batch_size=2, learning_rate=0.5, seed=seed)
    assert losses[-1] < losses[0] / 2
    assert model.predict(CORNERS).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_a_neuron_cannot_learn_xor(neuron, seed):
    """The best a straight line does is p = 1/2 everywhere: a loss of log 2."""
    model, y_xor = neuron.Neuron(2, seed=seed), np.array([0, 1, 1, 0])
    losses = model.fit(CORNERS, y_xor, epochs=1000, batch_size=4, learning_rate=0.5, seed=seed)
    assert losses[-1] == pytest.approx(np.log(2), abs=1e-3)
    assert model.predict(CORNERS).tolist() != [0, 1, 1, 0]


@pytest.mark.slow
def test_keras_neuron_is_the_same_neuron(neuron, tf, x, assert_close):
    model = neuron.Neuron(4, seed=5)
    model.bias = -0.4
    twin = neuron.keras_neuron(4)
    twin.set_weights([model.kernel[:, None], np.array([model.bias])])
    assert_close(twin(x.astype(np.float32)).numpy(), model.forward(x)[:, None], 1e-5)
