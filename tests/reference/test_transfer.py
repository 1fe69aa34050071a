"""Transfer learning against convolutions by TensorFlow, brute force, and training from scratch."""

import importlib.util
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from grader import mnist
from grader.networks import shipped
from grader.note import as_text

ROOT = Path(__file__).parents[2]
BODY = ROOT / "exercises" / "digits_0_to_4.npz"


@pytest.fixture
def model(tf):
    """A small network with batch normalisation that has seen something."""
    keras = tf.keras
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((7, 9, 2)),
            keras.layers.Conv2D(3, 3, name="conv"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Conv2D(4, 2, activation="relu", name="maps"),
            keras.layers.Flatten(),
            keras.layers.Dense(5, activation="softmax", name="classes"),
        ]
    )
    model.get_layer("norm").moving_mean.assign([0.2, -0.1, 0.3])
    model.get_layer("norm").moving_variance.assign([0.5, 1.5, 2.0])
    return model


@pytest.fixture
def x(rng):
    return rng.uniform(size=(40, 7, 9, 2)).astype(np.float32)


def by_hand(tf, model, x):
    """The maps, by TensorFlow's convolution and the formula of batch normalisation."""
    kernel, bias = model.get_layer("conv").get_weights()
    z = tf.nn.conv2d(x, kernel, 1, "VALID") + bias
    gamma, beta, mean, variance = model.get_layer("norm").get_weights()
    z = gamma * (z - mean) / np.sqrt(variance + model.get_layer("norm").epsilon) + beta
    kernel, bias = model.get_layer("maps").get_weights()
    return tf.nn.relu(tf.nn.conv2d(z, kernel, 1, "VALID") + bias).numpy()


@pytest.mark.slow
def test_doctests(transfer, tf, assert_doctests_pass):
    assert_doctests_pass(transfer)


def test_the_body_computes_what_tensorflow_computes_from_its_weights(transfer, tf, model, x):
    body = transfer.body_of(model, "maps")
    np.testing.assert_allclose(body(x, training=False), by_hand(tf, model, x), atol=1e-5)


def test_body_and_model_hold_the_same_weights(transfer, tf, model):
    body = transfer.body_of(model, "maps")
    own = {id(weight) for weight in model.weights}
    assert len(body.weights) == 8
    assert all(id(weight) in own for weight in body.weights)


def test_rows_hold_the_maps_place_by_place_and_filter_by_filter(transfer, tf, model, x):
    maps = by_hand(tf, model, x)
    rows = transfer.embed(transfer.body_of(model, "maps"), x)
    n, h, w, filters = maps.shape
    assert rows.shape == (n, h * w * filters)
    for image, row, column, f in [(0, 0, 0, 0), (3, 1, 2, 1), (39, h - 1, w - 1, filters - 1)]:
        at = (row * w + column) * filters + f
        assert rows[image, at] == pytest.approx(maps[image, row, column, f], abs=1e-5)


def test_an_image_has_one_embedding_whatever_comes_with_it(transfer, tf, model, x):
    body = transfer.body_of(model, "maps")
    before = [np.copy(weight) for weight in body.get_weights()]
    together = transfer.embed(body, x)
    alone = np.concatenate([transfer.embed(body, x[i : i + 1]) for i in (0, 17, 39)])
    np.testing.assert_allclose(together[[0, 17, 39]], alone, atol=1e-6)
    assert all(np.array_equal(a, b) for a, b in zip(before, body.get_weights(), strict=True))


def brute_force(embeddings, labels, query, k):
    near = sorted(range(len(labels)), key=lambda i: math.dist(embeddings[i], query))[:k]
    votes = Counter(int(labels[i]) for i in near)
    return next(int(labels[i]) for i in near if votes[int(labels[i])] == max(votes.values()))


@pytest.mark.parametrize("k", [1, 2, 3, 4, 7, 30])
def test_neighbours_are_those_of_brute_force(transfer, rng, k):
    embeddings, queries = rng.normal(size=(30, 4)), rng.normal(size=(60, 4))
    labels = rng.integers(0, 4, size=30)
    expected = [brute_force(embeddings, labels, query, k) for query in queries]
    found = transfer.nearest(embeddings, labels, queries, k=k)
    assert found.tolist() == expected
    assert found.dtype.kind in "iu"


def test_an_embedding_is_its_own_nearest_neighbour(transfer, rng):
    embeddings, labels = rng.normal(size=(20, 3)), rng.integers(0, 9, size=20)
    assert transfer.nearest(embeddings, labels, embeddings, k=1).tolist() == labels.tolist()


@pytest.mark.slow
def test_only_the_head_learns_and_the_loss_is_that_of_integer_labels(transfer, tf, model, x, rng):
    body = transfer.body_of(model, "maps")
    new = transfer.with_new_head(body, 3)
    y_true = rng.integers(0, 3, size=40)
    p = new(x, training=False).numpy()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    loss = new.evaluate(x, y_true, verbose=0, return_dict=True)["loss"]
    assert loss == pytest.approx(-np.mean(np.log(p[range(40), y_true])), rel=1e-4)
    before = [np.copy(weight) for weight in body.get_weights()]
    new.fit(5 * x, y_true, epochs=3, batch_size=8, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, body.get_weights(), strict=True))
    assert not np.array_equal(new(x, training=False), p)
    assert model.get_layer("maps").trainable is False


@pytest.mark.long
def test_fine_tuning_moves_the_body_a_little_and_one_seed_gives_one_model(transfer, tf, rng):
    x, y_true = rng.uniform(size=(30, 8, 8, 1)).astype(np.float32), np.arange(30) % 3
    x[y_true == 1, :4] += 1

    def tuned(seed):
        tf.keras.utils.set_random_seed(1)
        body = tf.keras.Sequential([tf.keras.Input((8, 8, 1)), tf.keras.layers.Conv2D(4, 3)])
        start = np.copy(body.get_weights()[0])
        new = transfer.with_new_head(body, 3)
        transfer.fine_tune(new, body, x, y_true, seed=seed)
        return new.get_weights(), np.linalg.norm(body.get_weights()[0] - start), start

    first, moved, start = tuned(4)
    assert 0 < moved < 0.1 * np.linalg.norm(start)
    assert all(np.array_equal(a, b) for a, b in zip(first, tuned(4)[0], strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, tuned(5)[0], strict=True))


# The shipped weights, and the script that made them.


def digits(seed, n_train, n_test, classes):
    drawn = mnist.draw(np.random.default_rng(seed), n_train, n_test, classes)
    return [
        drawn["x_train"][..., None].astype(np.float32) / 255,
        drawn["y_train"],
        drawn["x_test"][..., None].astype(np.float32) / 255,
        drawn["y_test"],
    ]


def read_by_neighbours(transfer, network):
    """The share of 2,000 unseen digits 5 to 9 that 100 labelled ones tell right."""
    body = transfer.body_of(network, "features")
    x, y_true, unseen, labels = digits(5, 100, 2_000, (5, 6, 7, 8, 9))
    found = transfer.nearest(transfer.embed(body, x), y_true, transfer.embed(body, unseen))
    return np.mean(found == labels)


def test_the_shipped_weights_are_small_plain_arrays():
    assert BODY.stat().st_size < 300_000
    assert {name: array.dtype.kind for name, array in shipped.read(BODY).items()} == {
        "configuration": "u",
        "weights": "f",
    }


@pytest.mark.slow
def test_the_shipped_network_reads_its_own_digits_and_its_body_tells_others_apart(transfer, tf):
    network = shipped.model_of(**shipped.read(BODY))
    assert len(network.trainable_weights) == 11
    _, _, unseen, labels = digits(6, 1, 2_000, (0, 1, 2, 3, 4))
    assert np.mean(network.predict(unseen, verbose=0).argmax(axis=1) == labels) > 0.97
    assert read_by_neighbours(transfer, network) > 0.9


@pytest.mark.slow
def test_the_shipped_network_names_no_option_that_another_keras_may_lack(tf):
    """Keras adds options to its layers, and an older one refuses those that it does not know."""
    known = as_text(shipped.read(BODY)["configuration"])
    assert not {"renorm", "quantization_config", "input_axes"} & set(re.findall(r"\w+", known))


@pytest.mark.slow
@pytest.mark.long
def test_the_script_gives_weights_that_serve_as_well(transfer, tf, tmp_path):
    spec = importlib.util.spec_from_file_location("train_body", ROOT / "docs" / "train_body.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    shipped.write(script.trained(), tmp_path / "made.npz")
    made = shipped.read(tmp_path / "made.npz")
    known = shipped.read(BODY)
    assert made["weights"].shape == known["weights"].shape
    network = shipped.model_of(**made)
    shares = (
        read_by_neighbours(transfer, network),
        read_by_neighbours(transfer, shipped.model_of(**known)),
    )
    assert shares[0] > shares[1] - 0.03


@pytest.mark.slow
@pytest.mark.long
def test_a_hundred_images_teach_it_more_than_from_scratch(transfer, tf):
    x, y_true, unseen, labels = digits(7, 100, 2_000, (5, 6, 7, 8, 9))
    network = shipped.model_of(**shipped.read(BODY))
    body = transfer.body_of(network, "features")
    model = transfer.with_new_head(body, 5)
    transfer.fine_tune(model, body, x, y_true)
    tf.keras.utils.set_random_seed(0)
    scratch = tf.keras.models.clone_model(shipped.model_of(**shipped.read(BODY)))
    assert len(scratch.trainable_weights) == 11
    scratch.compile(tf.keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy")
    scratch.fit(x, y_true, epochs=40, batch_size=16, verbose=0)
    own, other = (
        np.mean(one.predict(unseen, verbose=0).argmax(axis=1) == labels) for one in (model, scratch)
    )
    assert own > other
    assert own > 0.9
