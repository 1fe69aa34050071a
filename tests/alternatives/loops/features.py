"""One image, one place and one pixel at a time."""

import random

import numpy as np


def feature_maps(model, layer, x):
    import keras

    part = keras.Model(inputs=model.inputs, outputs=model.get_layer(layer).output)
    maps = []
    for image in x:
        maps.append(part.predict_on_batch(image[np.newaxis])[0])
    return np.array(maps)


def receptive_field(layers):
    first, last = 0, 0  # entries of a map that one entry of the last map sees, from its end on
    for kernel_size, strides in reversed(layers):
        first = first * strides
        last = last * strides + kernel_size - 1
    step = 1
    for _, strides in layers:
        step *= strides
    return last - first + 1, step


def top_patches(model, layer, unit, images, k, size, step):
    found = []
    for number in range(len(images)):
        unit_map = feature_maps(model, layer, images[number : number + 1])[0, :, :, unit]
        best = None
        for i in range(unit_map.shape[0]):
            for j in range(unit_map.shape[1]):
                if best is None or unit_map[i, j] > best[0]:
                    best = (unit_map[i, j], number, i * step, j * step)
        found.append(best)
    found.sort(reverse=True)
    patches, places = [], []
    for _, number, row, column in found[:k]:
        places.append([number, row, column])
        patches.append(images[number][row : row + size, column : column + size].copy())
    return np.array(patches), np.array(places)


def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
    import keras
    import tensorflow as tf

    part = keras.Model(model.inputs, model.get_layer(layer).output)
    generator = random.Random(seed)
    shape = (1, *model.input_shape[1:])
    image = np.array([generator.random() for _ in range(int(np.prod(shape)))], np.float32)
    image = image.reshape(shape)
    for _ in range(steps):
        x = tf.Variable(image)
        with tf.GradientTape() as tape:
            activation = tf.reduce_mean(part(x)[0, :, :, unit])
        gradient = tape.gradient(activation, x).numpy()
        image = np.clip(image + step_size * np.sign(gradient), 0, 1)
    return image[0]


def saliency(model, x, labels):
    import tensorflow as tf

    sizes = np.zeros(x.shape[:3], np.float32)
    for number in range(len(x)):
        image = tf.constant(x[number : number + 1])
        with tf.GradientTape() as tape:
            tape.watch(image)
            log_p = tf.math.log(model(image)[0, int(labels[number])])
        gradient = tape.gradient(log_p, image)[0].numpy()
        for channel in range(x.shape[3]):
            sizes[number] = np.maximum(sizes[number], np.abs(gradient[:, :, channel]))
    return sizes


def occlusion(model, x, label, size=7, value=0.0):
    rows, columns = len(x) - size + 1, len(x[0]) - size + 1
    found = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            covered = np.array(x)
            covered[row : row + size, column : column + size, :] = value
            found[row, column] = model(covered[np.newaxis]).numpy()[0, label]
    return found
