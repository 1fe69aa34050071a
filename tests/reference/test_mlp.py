from itertools import combinations, pairwise

import numpy as np
import pytest

SIZES = [(4, 3), (4, 6, 3), (4, 6, 5, 3), (4, 6, 5, 7, 3)]


@pytest.fixture
def x(rng):
    return rng.normal(size=(6, 4))


@pytest.fixture
def y_true():
    return np.array([0, 2, 1, 0, 2, 1])


@pytest.fixture
def drawn(mlp, rng):
    """An MLP whose biases are not zero."""

    def make(sizes):
        model = mlp.MLP(list(sizes), seed=1)
        for dense in model.layers:
            dense.bias = rng.normal(scale=0.3, size=dense.bias.shape)
        return model

    return make


@pytest.fixture
def weights():
    return lambda model: [array for dense in model.layers for array in (dense.kernel, dense.bias)]


@pytest.fixture
def logits(tf):
    """The same network in TensorFlow."""

    def forward(x, *weights):
        for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            x = tf.nn.relu(x @ kernel + bias)
        return x @ weights[-2] + weights[-1]

    return forward


@pytest.mark.parametrize("sizes", [(4, 8, 3), (4, 6, 5, 3)])
def test_mlp_keeps(model_rule, mlp, x, y_true, sizes):
    model_rule(lambda seed=0: mlp.MLP(list(sizes), seed=seed), x, y_true)


@pytest.mark.slow
def test_doctests(mlp, assert_doctests_pass):
    assert_doctests_pass(mlp)


@pytest.mark.parametrize("shape", [(7,), (3, 4), (2, 3, 4, 5)])
def test_relu_agrees_with_tensorflow(mlp, tf, tape, rng, assert_close, shape):
    z, d_out = rng.normal(size=shape), rng.normal(size=shape)
    z.setflags(write=False)
    d_out.setflags(write=False)
    _, (expected,) = tape(lambda z: tf.reduce_sum(tf.nn.relu(z) * d_out), z)
    assert_close(mlp.relu(z), tf.nn.relu(z).numpy())
    assert_close(mlp.relu_backward(d_out, z), expected)


def test_relu_backward_is_zero_at_zero(mlp, assert_close):
    z, d_out = np.array([-1.0, -0.0, 0.0, 1e-300]), np.array([5.0, 5.0, 5.0, -5.0])
    assert_close(mlp.relu_backward(d_out, z), [0, 0, 0, -5.0], 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_relu_takes_either_float_type(mlp, assert_close, dtype):
    z = np.array([-1.5, 0.0, 2.5], dtype=dtype)
    assert_close(mlp.relu(z), [0, 0, 2.5], 0)
    assert_close(mlp.relu_backward(np.ones(3, dtype=dtype), z), [0, 0, 1], 0)


@pytest.mark.parametrize("sizes", SIZES)
def test_layers_have_the_given_sizes(mlp, sizes):
    model = mlp.MLP(list(sizes))
    assert [dense.kernel.shape for dense in model.layers] == list(pairwise(sizes))


def test_layers_start_glorot_uniform(mlp, assert_glorot_uniform):
    for dense in mlp.MLP([60, 80, 70, 90], seed=2).layers:
        assert_glorot_uniform(dense.kernel)
        assert not np.any(dense.bias)


@pytest.mark.parametrize("seed", [0, 1, 10_000])
def test_layers_of_one_shape_do_not_start_equal(mlp, seed):
    kernels = [dense.kernel for dense in mlp.MLP([5, 5, 5, 5, 5], seed=seed).layers]
    assert not any(np.array_equal(a, b) for a, b in combinations(kernels, 2))


@pytest.mark.parametrize("sizes", SIZES)
def test_forward_agrees_with_tensorflow(drawn, weights, logits, tf, x, assert_close, sizes):
    model = drawn(sizes)
    assert_close(model.forward(x), tf.nn.softmax(logits(x, *weights(model))).numpy())


@pytest.mark.parametrize("n_samples", [1, 6])
@pytest.mark.parametrize("sizes", SIZES)
def test_backward_agrees_with_gradient_tape(
    drawn, weights, logits, tf, tape, x, y_true, assert_close, assert_all_close, sizes, n_samples
):
    model, x, y_true = drawn(sizes), x[:n_samples], y_true[:n_samples]

    def loss(*weights):
        z = logits(x, *weights)
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, z))

    expected_loss, expected = tape(loss, *weights(model))
    model.forward(x)
    model.backward(y_true)
    left = [array for dense in model.layers for array in (dense.d_kernel, dense.d_bias)]
    assert_all_close(left, expected)
    assert_close(model.train_step(x, y_true, 0.1), expected_loss)


def test_a_unit_at_exactly_zero_passes_no_gradient(mlp, assert_close):
    """Zero kernels put every hidden unit at z = 0, where relu_backward is 0."""
    model = mlp.MLP([2, 3, 2])
    model.layers[0].kernel = np.zeros((2, 3))
    model.forward(np.ones((4, 2)))
    model.backward(np.array([0, 1, 1, 1]))
    assert_close(model.layers[0].d_kernel, np.zeros((2, 3)), 0)
    assert_close(model.layers[1].d_bias, [0.25, -0.25])


@pytest.mark.parametrize("seed", range(5))
def test_an_mlp_learns_xor(mlp, seed):
    x, y_xor = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
    model = mlp.MLP([2, 16, 2], seed=seed)
    losses = model.fit(x, y_xor, epochs=1500, batch_size=4, learning_rate=0.3, seed=seed)
    assert losses[-1] < 0.2
    assert model.predict(x).tolist() == [0, 1, 1, 0]


@pytest.mark.slow
@pytest.mark.parametrize("sizes", SIZES)
def test_keras_mlp_is_the_same_network(mlp, drawn, weights, tf, x, assert_close, sizes):
    model, twin = drawn(sizes), mlp.keras_mlp(list(sizes))
    twin.set_weights(weights(model))
    assert_close(twin(x.astype(np.float32)).numpy(), model.forward(x), 1e-5)
