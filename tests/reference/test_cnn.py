import numpy as np
import pytest


@pytest.fixture
def x(rng):
    return rng.normal(size=(6, 7, 6, 2))


@pytest.fixture
def y_true():
    return np.array([0, 2, 1, 0, 2, 1])


def test_cnn_keeps(model_rule, cnn, x, y_true):
    model_rule(lambda seed=0: cnn.CNN((7, 6, 2), 3, seed=seed), x, y_true)


@pytest.mark.long
def test_doctests(cnn, assert_doctests_pass):
    assert_doctests_pass(cnn)


@pytest.mark.parametrize(
    "input_shape, n_flat", [((28, 28, 1), 13 * 13 * 8), ((7, 6, 2), 2 * 2 * 8), ((5, 9, 3), 3 * 8)]
)
def test_cnn_has_a_convolution_of_eight_filters_and_a_dense_layer(cnn, input_shape, n_flat):
    model = cnn.CNN(input_shape, 4)
    assert model.conv.kernel.shape == (3, 3, input_shape[-1], 8)
    assert model.dense.kernel.shape == (n_flat, 4)
    assert model.pool.forward(np.zeros((1, 4, 4, 8))).shape == (1, 2, 2, 8)


def test_cnn_reads_digits_unless_told(cnn):
    assert cnn.CNN().forward(np.zeros((2, 28, 28, 1))).shape == (2, 10)


def test_cnn_kernels_start_glorot_uniform(cnn, assert_glorot_uniform):
    model = cnn.CNN((9, 11, 60), 40, seed=1)
    assert_glorot_uniform(model.conv.kernel)
    assert_glorot_uniform(model.dense.kernel)


@pytest.mark.parametrize("input_shape", [(7, 6, 2), (5, 9, 1), (8, 8, 3)])
@pytest.mark.parametrize("n_samples", [1, 4])
def test_cnn_agrees_with_gradient_tape(
    cnn, tf, tape, rng, assert_close, assert_all_close, input_shape, n_samples
):
    model = cnn.CNN(input_shape, 3, seed=1)
    model.conv.bias, model.dense.bias = rng.normal(scale=0.2, size=8), rng.normal(size=3)
    x, y_true = rng.normal(size=(n_samples, *input_shape)), rng.integers(0, 3, n_samples)

    def logits(conv_kernel, conv_bias, dense_kernel, dense_bias):
        maps = tf.nn.relu(tf.nn.conv2d(x, conv_kernel, 1, "VALID") + conv_bias)
        flat = tf.reshape(tf.nn.max_pool2d(maps, 2, 2, "VALID"), (n_samples, -1))
        return flat @ dense_kernel + dense_bias

    def loss(*weights):
        z = logits(*weights)
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, z))

    weights = model.conv.kernel, model.conv.bias, model.dense.kernel, model.dense.bias
    expected_loss, expected = tape(loss, *weights)
    assert_close(model.forward(x), tf.nn.softmax(logits(*weights)).numpy())
    model.backward(y_true)
    left = model.conv.d_kernel, model.conv.d_bias, model.dense.d_kernel, model.dense.d_bias
    assert_all_close(left, expected)
    assert_close(model.train_step(x, y_true, 0.1), expected_loss)


def bars(n_samples, height, width, seed):
    """Noisy images with a bright bar that lies (label 0) or stands (label 1)."""
    rng = np.random.default_rng(seed)
    x, y_true = rng.uniform(0, 0.3, (n_samples, height, width, 1)), rng.integers(0, 2, n_samples)
    middle = rng.integers(1, min(height, width) - 1, n_samples)
    for image, label, i in zip(x, y_true, middle, strict=True):
        image[(slice(None), i) if label else i] = 1
    return x, y_true


def test_cnn_learns_bars_wherever_they_are(cnn):
    x, y_true = bars(200, 10, 10, seed=1)
    unseen, expected = bars(100, 10, 10, seed=2)
    model = cnn.CNN((10, 10, 1), 2, seed=3)
    model.fit(x, y_true, epochs=20, batch_size=10, learning_rate=0.1, seed=4)
    assert np.mean(model.predict(unseen) == expected) > 0.9


def kinds(model):
    return [type(part).__name__ for part in model.layers]


@pytest.fixture(scope="module")
def keras_cnn(cnn, tf):
    tf.keras.utils.set_random_seed(1)
    return cnn.keras_cnn


@pytest.mark.slow
def test_keras_cnn_is_small_and_convolves_and_pools(keras_cnn):
    model = keras_cnn()
    assert model.input_shape == (None, 28, 28, 1)
    assert model.output_shape == (None, 10)
    assert model.count_params() <= 100_000
    assert any("Conv" in kind for kind in kinds(model))
    assert any("Pool" in kind for kind in kinds(model))


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(16, 16, 1), (16, 20, 1), (21, 16, 1), (17, 33, 3)])
def test_keras_cnn_takes_any_image_of_16_pixels_or_more(keras_cnn, rng, shape):
    p = keras_cnn(shape, 4)(rng.uniform(size=(3, *shape)).astype(np.float32)).numpy()
    assert p.shape == (3, 4)
    assert np.all(p >= 0)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.slow
def test_keras_cnn_is_compiled_for_integer_labels(keras_cnn, rng):
    model = keras_cnn((16, 20, 1), 4)
    x, y_true = rng.uniform(size=(5, 16, 20, 1)).astype(np.float32), np.array([3, 0, 1, 1, 2])
    p = model(x, training=False).numpy()
    loss = model.evaluate(x, y_true, verbose=0, return_dict=True)["loss"]
    assert model.compiled
    assert loss == pytest.approx(-np.mean(np.log(p[range(5), y_true])), rel=1e-4)


def test_train_teaches_the_given_model_and_predict_gives_its_labels(cnn, tf, keras_cnn):
    x, y_true = bars(600, 16, 20, seed=1)
    unseen, expected = bars(100, 16, 20, seed=2)
    y_true = y_true.astype(np.uint8)
    x.setflags(write=False)
    y_true.setflags(write=False)
    model = keras_cnn((16, 20, 1), 2)
    tf.keras.utils.set_random_seed(2)
    cnn.train(model, x, y_true, seed=2)
    labels = cnn.predict(model, unseen)
    assert labels.shape == (100,)
    assert labels.dtype.kind in "iu"
    assert np.array_equal(labels, np.argmax(model(unseen, training=False).numpy(), axis=1))
    assert np.mean(labels == expected) > 0.9


@pytest.mark.slow
def test_keras_cnn_trained_from_one_seed_is_one_model(cnn, tf):
    x, y_true = bars(80, 16, 16, seed=1)

    def trained(seed):
        tf.keras.utils.set_random_seed(3)
        model = cnn.keras_cnn((16, 16, 1), 2)
        tf.keras.utils.set_random_seed(seed)
        cnn.train(model, x, y_true, seed=seed)
        return model.get_weights()

    first = trained(4)
    assert all(np.array_equal(a, b) for a, b in zip(first, trained(4), strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, trained(5), strict=True))
