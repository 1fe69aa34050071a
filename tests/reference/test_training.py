"""The reference of training.py against Keras's own layers and optimizers, and differences."""

from types import SimpleNamespace

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


def single(array):
    return np.asarray(array, np.float32)


def test_doctests(training, assert_doctests_pass):
    assert_doctests_pass(training)


def test_gradients_agree_with_finite_differences(training, tf, rng):
    x, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    kernel, bias = (tf.Variable(rng.normal(size=shape)) for shape in ((3, 2), (2,)))

    def loss():
        return tf.reduce_mean((tf.tanh(x @ kernel + bias) - y) ** 2)

    for variable, found in zip(
        [bias, kernel], training.gradients(loss, [bias, kernel]), strict=True
    ):
        start = variable.numpy()
        for i in np.ndindex(start.shape):
            step = np.zeros(start.shape)
            step[i] = 1e-6
            variable.assign(start + step)
            up = float(loss())
            variable.assign(start - step)
            slope = (up - float(loss())) / 2e-6
            variable.assign(start)
            assert found.numpy()[i] == pytest.approx(slope, abs=1e-7)


def test_a_variable_that_is_not_used_has_a_gradient_of_zeros(training, tf):
    used, unused = tf.Variable([1.0, 2.0]), tf.Variable(np.ones((2, 3), np.float32))
    found = training.gradients(lambda: tf.reduce_sum(tf.gather(used, [1, 1])), [unused, used])
    assert np.array_equal(found[0], np.zeros((2, 3)))
    assert np.array_equal(found[1], [0.0, 2.0])
    assert all(tf.is_tensor(gradient) for gradient in found)


@pytest.mark.parametrize("activation", [None, "relu", "softmax", "gelu"])
def test_dense_layer_is_kerass_dense(training, keras, rng, tmp_path, activation):
    x = single(rng.normal(size=(4, 3)))
    kernel, bias = single(rng.normal(size=(3, 5))), single(rng.normal(size=5))
    inputs = keras.Input((3,))
    layer, own = (
        make(5, activation=activation) for make in (keras.layers.Dense, training.DenseLayer)
    )
    model = keras.Model(inputs, own(inputs))
    layer.build((None, 3))
    for each in (layer, own):
        each.kernel.assign(kernel)
        each.bias.assign(bias)
    assert np.allclose(model(x), layer(x), atol=1e-6)
    model.save(tmp_path / "model.keras")
    objects = {"DenseLayer": training.DenseLayer}
    loaded = keras.models.load_model(tmp_path / "model.keras", custom_objects=objects)
    assert np.array_equal(loaded(x), model(x))


def test_dense_layer_starts_as_kerass_dense(training, keras, assert_glorot_uniform):
    keras.utils.set_random_seed(1)
    layer = training.DenseLayer(60)
    layer.build((None, 90))
    assert_glorot_uniform(np.array(layer.kernel))
    assert np.array_equal(layer.bias, np.zeros(60))


def steps(keras, optimizer, gradients, starts):
    variables = [keras.Variable(start) for start in starts]
    for several in zip(*gradients, strict=True):
        optimizer.apply(list(several), variables)
    return [np.array(variable) for variable in variables]


@pytest.mark.parametrize("name", ["momentum", "adam", "adam, other betas"])
def test_optimizers_are_kerass(training, keras, rng, name):
    own, of_keras = {
        "momentum": (training.Momentum(0.1, 0.8), keras.optimizers.SGD(0.1, momentum=0.8)),
        "adam": (training.Adam(), keras.optimizers.Adam()),
        "adam, other betas": (
            training.Adam(0.01, beta_1=0.7, beta_2=0.95, epsilon=1e-8),
            keras.optimizers.Adam(0.01, beta_1=0.7, beta_2=0.95, epsilon=1e-8),
        ),
    }[name]
    starts = [single(rng.normal(size=shape)) for shape in ((3, 2), (3, 2), (4,))]
    gradients = [single(rng.normal(size=(20, *start.shape))) for start in starts]
    found = steps(keras, own, gradients, starts)
    expected = steps(keras, of_keras, gradients, starts)
    for one, other in zip(found, expected, strict=True):
        assert np.allclose(one, other, atol=2e-4)


def test_dropout_drops_the_rate_of_all_entries_and_keeps_the_mean(training):
    x = np.full((400, 300), 2.0, np.float32)
    y = np.array(training.dropout(x, 0.3, training=True, seed=5))
    assert set(np.unique(y)) == {0.0, np.float32(2 / 0.7)}
    assert np.mean(y == 0) == pytest.approx(0.3, abs=0.005)
    assert np.mean(y) == pytest.approx(2.0, abs=0.02)
    assert np.array_equal(y, training.dropout(x, 0.3, training=True, seed=5))
    assert not np.array_equal(y, training.dropout(x, 0.3, training=True, seed=6))
    assert np.array_equal(training.dropout(x, 0.3, training=False), x)


@pytest.mark.parametrize("trains", [True, False])
def test_batch_norm_is_kerass(training, keras, rng, trains):
    x = single(rng.normal(2.0, 3.0, size=(6, 4)))
    gamma, beta, mean = (single(rng.normal(size=4)) for _ in range(3))
    variance = single(rng.uniform(0.5, 2.0, size=4))
    layer = keras.layers.BatchNormalization()
    layer.build((None, 4))
    layer.set_weights([gamma, beta, mean, variance])
    expected = layer(x, training=trains)
    y, *moved = training.batch_norm(x, gamma, beta, mean, variance, trains)
    assert np.allclose(y, expected, atol=1e-5)
    assert np.allclose(moved[0], layer.moving_mean, atol=1e-6)
    assert np.allclose(moved[1], layer.moving_variance, atol=1e-5)


def model_and_data(keras, rng):
    inputs = keras.Input((5,))
    hidden = keras.layers.BatchNormalization(momentum=0.8)(inputs)
    hidden = keras.layers.Dense(8, activation="relu")(hidden)
    model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(hidden))
    data = [(single(rng.normal(size=(n, 5))), rng.integers(3, size=n)) for n in (12, 7)]
    return model, (*data[0], *data[1])


def test_train_is_fit(training, keras, rng):
    """On one batch an epoch, where no shuffling makes a difference."""
    model, data = model_and_data(keras, rng)
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    twin.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y_true, *val = data
    expected = twin.fit(
        x, y_true, epochs=5, batch_size=12, shuffle=False, validation_data=val, verbose=0
    ).history
    found = training.train(model, *data, 5, 12, keras.optimizers.SGD(0.1))
    assert found.keys() == expected.keys()
    for name, numbers in found.items():
        assert np.allclose(numbers, expected[name], atol=1e-5), name
    for one, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("patience", [1, 2, 3, 20])
def test_train_stops_and_restores_as_kerass_callback(training, keras, rng, patience):
    """An optimizer with a plan gives both the same validation losses, whatever the gradients."""
    model, data = model_and_data(keras, rng)
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    shapes = [variable.shape for variable in model.trainable_variables]
    plans = [[single(rng.normal(size=shape)) for shape in shapes] for _ in range(12)]

    class Planned(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            assign(twin.trainable_variables, next(plan))

    def assign(variables, arrays):
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)

    plan = iter(plans)
    twin.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    stopping = keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)
    x, y_true, *val = data
    given = {"validation_data": val, "callbacks": [Planned(), stopping], "verbose": 0}
    expected = twin.fit(x, y_true, epochs=12, batch_size=12, shuffle=False, **given).history

    plan = iter(plans)
    optimizer = SimpleNamespace(apply=lambda _, variables: assign(variables, next(plan)))
    found = training.train(model, *data, 12, 12, optimizer, patience=patience)
    assert np.allclose(found["val_loss"], expected["val_loss"], atol=1e-5)
    for one, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-5)


def test_train_without_patience_ends_with_the_last_epoch(training, keras, rng):
    model, data = model_and_data(keras, rng)
    weights = []
    variables = model.trainable_variables

    def apply(gradients, given):
        assert [id(variable) for variable in given] == [id(variable) for variable in variables]
        for variable in given:
            variable.assign(single(rng.normal(size=variable.shape)))
        weights.append([np.array(variable) for variable in given])

    training.train(model, *data, 4, 12, SimpleNamespace(apply=apply))
    assert len(weights) == 4
    assert all(map(np.array_equal, weights[-1], variables))


def test_keras_mlp_with_dropout_is_what_its_name_says(training, keras, rng):
    model = training.keras_mlp_with_dropout([4, 6, 5, 3], 0.3)
    x, labels = single(rng.normal(size=(8, 4))), rng.integers(3, size=8)
    weights = [single(rng.normal(size=w.shape)) for w in model.get_weights()]
    model.set_weights(weights)
    hidden = x
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        hidden = np.maximum(hidden @ kernel + bias, 0)
    scores = np.exp(hidden @ weights[-2] + weights[-1])
    p = scores / scores.sum(axis=1, keepdims=True)
    assert np.allclose(model(x), p, atol=1e-5)
    loss = model.evaluate(x, labels, verbose=0)[0]
    assert loss == pytest.approx(-np.mean(np.log(p[np.arange(8), labels])), rel=1e-4)
    kinds = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    assert [layer.rate for layer in kinds] == [0.3, 0.3]
