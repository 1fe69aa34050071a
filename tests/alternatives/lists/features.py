"""Layer by layer through a list of layers; results are gathered in lists."""

import numpy as np


def through(model, layer, x):
    """What the named layer gives, each layer called on what the one before it gave."""
    for part in model.layers[1:]:
        x = part(x, training=False)
        if part.name == layer:
            return x
    raise ValueError(f"no layer {layer}")


def feature_maps(model, layer, x):
    return np.array(through(model, layer, x))


def receptive_field(layers):
    seen, step = {0}, 1
    for kernel_size, strides in layers:
        seen = {pixel + i * step for pixel in seen for i in range(kernel_size)}
        step = step * strides
    return max(seen) + 1, step


def top_patches(model, layer, unit, images, k, size, step):
    ranked = sorted(
        (
            (-entry, number, row, column)
            for number, image_maps in enumerate(feature_maps(model, layer, images))
            for row, line in enumerate(image_maps[..., unit].tolist())
            for column, entry in enumerate(line)
        )
    )
    places = {}
    for _, number, row, column in ranked:
        places.setdefault(number, (number, row * step, column * step))
    places = list(places.values())[:k]
    patches = [images[i, r : r + size, c : c + size].tolist() for i, r, c in places]
    return np.array(patches), np.array(places)


def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
    import tensorflow as tf

    start = np.random.default_rng(seed).normal(0.5, 0.05, size=model.input_shape[1:])
    image = tf.constant([start.tolist()])
    for _ in range(steps):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(image)
            activations = [tf.reduce_mean(m) for m in through(model, layer, image)[..., unit]]
        [gradient] = tape.gradient(activations, [image])
        image += step_size * gradient / (tf.reduce_max(tf.abs(gradient)) + 1e-7)
        image = tf.maximum(tf.minimum(image, 1.0), 0.0)
    return np.array(image[0], np.float64)


def saliency(model, x, labels):
    import tensorflow as tf

    images = [tf.Variable(image[np.newaxis]) for image in x]
    with tf.GradientTape() as tape:
        total = sum(
            tf.math.log(model(image)[0][label] + 1e-9)
            for image, label in zip(images, labels.tolist(), strict=True)
        )
    gradients = tape.gradient(total, images)
    return np.array([np.max(np.abs(gradient[0]), axis=-1) for gradient in gradients])


def occlusion(model, x, label, size=7, value=0.0):
    height, width, _ = x.shape

    def covered(row, column):
        copy = x.copy()
        copy[row : row + size, column : column + size, ...] = value
        return copy

    return np.array(
        [
            np.array(model(np.array([covered(i, j) for j in range(width - size + 1)])))[:, label]
            for i in range(height - size + 1)
        ]
    )
