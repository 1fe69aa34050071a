"""Compiled by tf.function, with Keras's loss; arrays in single precision."""

from __future__ import annotations

import heapq

import keras
import numpy as np
import tensorflow as tf

FLOAT = np.float32


def _part(model: keras.Model, layer: str) -> keras.Model:
    return keras.Model(model.inputs[0], [model.get_layer(layer).output])


def feature_maps(model, layer, x, batch_size=64) -> np.ndarray:
    found = _part(model, layer).predict(x, batch_size=batch_size, verbose=0)
    return (found[0] if isinstance(found, list) else found).astype(FLOAT)


def receptive_field(layers):
    """From the last layer back: what one entry sees of the map before it."""
    if len(layers) == 0:
        return 1, 1
    (kernel_size, strides), *others = layers
    size, step = receptive_field(others)
    return (size - 1) * strides + kernel_size, step * strides


def top_patches(model, layer, unit, images, k, size, step):
    maps = feature_maps(model, layer, images)[:, :, :, unit]
    strengths = [(float(unit_map.max()), i) for i, unit_map in enumerate(maps)]
    patches = np.empty((k, size, size, images.shape[-1]), FLOAT)
    places = np.empty((k, 3), np.int32)
    for rank, (_, i) in enumerate(heapq.nlargest(k, strengths)):
        row, column = np.unravel_index(maps[i].argmax(), maps[i].shape)
        places[rank] = i, row * step, column * step
        corner = places[rank, 1:]
        patches[rank] = images[i][corner[0] :][:size, corner[1] : corner[1] + size]
    return [patches, places]


def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0, verbose=False):
    part = _part(model, layer)
    random = np.random.RandomState(seed)
    image = tf.Variable(
        random.normal(0.5, 0.1, (1, *model.input_shape[1:])).clip(0, 1), dtype="float32"
    )

    @tf.function
    def climb():
        with tf.GradientTape() as tape:
            maps = part(image, training=False)
            maps = maps[0] if isinstance(maps, list) else maps
            loss = -tf.reduce_mean(maps[:, :, :, unit])
        gradient = tape.gradient(loss, image)
        gradient = gradient / tf.reduce_max(tf.abs(gradient))
        image.assign(tf.clip_by_value(image - step_size * gradient, 0, 1))
        return loss

    for number in range(steps):
        loss = climb()
        if verbose:
            print(number, -loss)
    return image.numpy()[0].astype(FLOAT)


def saliency(model, x, labels):
    images = tf.Variable(x, dtype=tf.float32)

    @tf.function
    def slopes():
        with tf.GradientTape() as tape:
            loss = keras.losses.sparse_categorical_crossentropy(labels, model(images))
        return tape.gradient(loss, images)

    return np.abs(slopes()).max(axis=3)


def occlusion(model, x, label, size=7, value=0.0):
    rows, columns = (length - size + 1 for length in x.shape[:2])
    found = np.empty((rows, columns), FLOAT)
    for row in range(rows):
        covered = np.tile(x, (columns, 1, 1, 1))
        for column in range(columns):
            covered[column, row : row + size, column : column + size] = value
        found[row] = model.predict(covered, verbose=0)[:, label]
    return found
