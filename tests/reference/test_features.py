"""The reference of features.py against Keras's own layers, finite differences and brute force."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def network(keras):
    """Three convolutions and poolings without padding, and a softmax."""
    keras.utils.set_random_seed(3)
    x = keras.Input((23, 20, 2))
    maps = keras.layers.Conv2D(4, 3, activation="relu", name="first")(x)
    maps = keras.layers.MaxPooling2D(2, name="pool")(maps)
    maps = keras.layers.Conv2D(5, 3, 2, activation="relu", name="second")(maps)
    maps = keras.layers.Dropout(0.5)(maps)
    maps = keras.layers.Conv2D(6, 2, activation="relu", name="third")(maps)
    p = keras.layers.Dense(3, activation="softmax")(keras.layers.Flatten()(maps))
    return keras.Model(x, p)


@pytest.fixture(scope="module")
def model(tf):
    return network(tf.keras)


LAYERS = {"first": [(3, 1)], "pool": [(3, 1), (2, 2)], "second": [(3, 1), (2, 2), (3, 2)]}
LAYERS["third"] = [*LAYERS["second"], (2, 1)]


@pytest.fixture
def images(rng):
    return rng.uniform(size=(9, 23, 20, 2)).astype(np.float32)


def test_doctests(features, tf, assert_doctests_pass):
    assert_doctests_pass(features)


def test_feature_maps_are_what_the_layers_give_one_after_the_other(features, model, images):
    maps = images
    for layer in model.layers[1:-2]:
        maps = layer(maps, training=False) if "dropout" in layer.name else layer(maps)
        if layer.name in LAYERS:
            found = features.feature_maps(model, layer.name, images)
            np.testing.assert_allclose(found, maps, rtol=1e-5, atol=1e-6)


def seen(tf, model, layer, images, row, column):
    """Rows and columns of the pixels on which one entry of a layer's maps depends."""
    part = tf.keras.Model(model.inputs[0], model.get_layer(layer).output)
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        entry = tf.reduce_sum(part(x)[:, row, column] ** 2)
    used = np.abs(tape.gradient(entry, x).numpy()).sum(axis=(0, 3)) > 0
    return np.flatnonzero(used.any(axis=1)), np.flatnonzero(used.any(axis=0))


@pytest.mark.parametrize("layer", LAYERS)
def test_the_receptive_field_is_where_gradients_come_from(features, tf, model, rng, layer):
    """Over many images, every pixel of the square has a gradient in one of them."""
    size, step = features.receptive_field(LAYERS[layer])
    images = rng.normal(size=(300, 23, 20, 2)).astype(np.float32)
    for row, column in ((0, 0), (1, 1), (2, 0)):
        rows, columns = seen(tf, model, layer, images, row, column)
        assert (rows[0], rows[-1]) == (row * step, row * step + size - 1)
        assert (columns[0], columns[-1]) == (column * step, column * step + size - 1)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_patch_alone_excites_the_unit_as_its_image_does(features, tf, model, images, layer):
    """Cut out and laid at the corner, it gives the image's strongest entry at place (0, 0)."""
    size, step = features.receptive_field(LAYERS[layer])
    maps = features.feature_maps(model, layer, images)
    unit = int(maps.max(axis=(0, 1, 2)).argmax())
    patches, places = features.top_patches(model, layer, unit, images, 6, size, step)
    assert patches.shape == (6, size, size, 2)
    alone = np.zeros((6, 23, 20, 2), np.float32)
    alone[:, :size, :size] = patches
    found = features.feature_maps(model, layer, alone)[:, 0, 0, unit]
    largest = sorted((maps[i, :, :, unit].max() for i in range(len(images))), reverse=True)
    np.testing.assert_allclose(found, largest[:6], rtol=1e-5)
    assert len(set(places[:, 0].tolist())) == 6
    for patch, (i, row, column) in zip(patches, places, strict=True):
        assert np.array_equal(images[i, row : row + size, column : column + size], patch)


@pytest.mark.parametrize("layer", LAYERS)
def test_what_a_unit_prefers_excites_it_more_than_any_of_many_images(features, model, rng, layer):
    images = rng.uniform(size=(300, 23, 20, 2)).astype(np.float32)
    means = features.feature_maps(model, layer, images).mean(axis=(1, 2))
    unit = int(means.max(axis=0).argmax())
    before = [weight.copy() for weight in model.get_weights()]
    image = features.preferred_input(model, layer, unit, steps=60)
    assert image.shape == (23, 20, 2)
    assert image.min() >= 0 and image.max() <= 1
    found = features.feature_maps(model, layer, image[np.newaxis])[..., unit].mean()
    assert found > 1.5 * means[:, unit].max()
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_preferred_input_follows_its_seed_alone(features, model):
    def image(seed):
        return features.preferred_input(model, "first", 0, steps=2, seed=seed)

    np.random.seed(5)
    expected = np.random.random(3)
    np.random.seed(5)
    first = image(7)
    assert np.array_equal(np.random.random(3), expected)
    assert np.array_equal(image(7), first)
    assert not np.array_equal(image(8), first)


def test_saliency_agrees_with_finite_differences(features, tf, model, images):
    tf.keras.backend.set_floatx("float64")
    tf.keras.config.set_dtype_policy("float64")
    try:
        precise = network(tf.keras)
    finally:
        tf.keras.backend.set_floatx("float32")
        tf.keras.config.set_dtype_policy("float32")
    precise.set_weights(model.get_weights())
    labels = np.array([2, 0])
    found = features.saliency(model, images[:2], labels)
    assert found.shape == (2, 23, 20)

    def log_p(image, label):
        return np.log(precise(image[np.newaxis], training=False).numpy()[0, label])

    step = 1e-6
    for i, row, column in ((0, 3, 4), (0, 10, 7), (1, 8, 8), (1, 15, 2)):
        slopes = []
        for channel in range(2):
            move = np.zeros(images.shape[1:])
            move[row, column, channel] = step
            image = images[i].astype(np.float64)
            slope = (log_p(image + move, labels[i]) - log_p(image - move, labels[i])) / (2 * step)
            slopes.append(abs(slope))
        assert found[i, row, column] == pytest.approx(max(slopes), rel=1e-3, abs=1e-6)


def test_saliency_of_an_image_does_not_depend_on_the_others(features, model, images):
    labels = np.array([2, 0, 1])
    together = features.saliency(model, images[:3], labels)
    for i in range(3):
        alone = features.saliency(model, images[i : i + 1], labels[i : i + 1])
        np.testing.assert_allclose(alone[0], together[i], rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("size, value", [(7, 0.0), (4, 0.5), (20, 1.0)])
def test_occlusion_covers_one_square_after_the_other(features, model, images, size, value):
    image = images[0]
    image.setflags(write=False)
    found = features.occlusion(model, image, 1, size, value)
    assert found.shape == (24 - size, 21 - size)
    for row, column in {(0, 0), (23 - size, 20 - size), (min(2, 23 - size), 0)}:
        covered = image.copy()
        covered[row : row + size, column : column + size, :] = value
        p = model(covered[np.newaxis], training=False).numpy()
        assert found[row, column] == pytest.approx(p[0, 1], rel=1e-4)
