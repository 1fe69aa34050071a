"""Tensors from end to end: Jacobians, masks, gathered patches."""

import numpy as np


def _maps(model, layer, x):
    import keras
    import tensorflow as tf

    return keras.Model(model.inputs, model.get_layer(layer).output)(tf.convert_to_tensor(x))


def feature_maps(model, layer, x):
    return _maps(model, layer, x)


def receptive_field(layers):
    kernels, strides = np.array(layers).T
    steps = np.cumprod(np.append(1, strides))
    return 1 + np.dot(kernels - 1, steps[:-1]), steps[-1]


def top_patches(model, layer, unit, images, k, size, step):
    import tensorflow as tf

    maps = feature_maps(model, layer, images)[..., unit]
    width = tf.shape(maps)[2]
    entries = tf.reshape(maps, (len(images), -1))
    _, strongest = tf.math.top_k(tf.reduce_max(entries, axis=1), k)
    best = tf.argmax(tf.gather(entries, strongest), axis=1, output_type=tf.int32)
    rows, columns = best // width * step, best % width * step
    square = tf.range(size)
    indices = tf.stack(
        [
            tf.broadcast_to(strongest[:, None, None], (k, size, size)),
            tf.broadcast_to(rows[:, None, None] + square[None, :, None], (k, size, size)),
            tf.broadcast_to(columns[:, None, None] + square[None, None, :], (k, size, size)),
        ],
        axis=-1,
    )
    return tf.gather_nd(images, indices), tf.stack([strongest, rows, columns], axis=1)


def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
    import keras
    import tensorflow as tf

    shape = (1, *model.inputs[0].shape[1:])
    image = keras.Variable(tf.random.stateless_uniform(shape, seed=(seed, 1), maxval=0.3))
    optimizer = keras.optimizers.SGD(step_size)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            activation = tf.einsum("nhw->", _maps(model, layer, image.value)[..., unit])
        gradient = tape.gradient(activation, image.value)
        gradient /= tf.sqrt(tf.reduce_mean(gradient**2))
        optimizer.apply([-gradient], [image])
        image.assign(tf.clip_by_value(image.value, 0.0, 1.0))
    return image.value[0]


def saliency(model, x, labels):
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        log_p = tf.math.log(model(x))
    jacobian = tape.batch_jacobian(log_p, x)
    chosen = tf.one_hot(labels, log_p.shape[1])
    return tf.norm(tf.einsum("nlhwc,nl->nhwc", jacobian, chosen), ord=np.inf, axis=-1)


def occlusion(model, x, label, size=7, value=0.0):
    import tensorflow as tf

    height, width = x.shape[:2]

    def inside(length):
        place, pixel = np.arange(length - size + 1)[:, None], np.arange(length)
        return ((pixel >= place) & (pixel < place + size)).astype(np.float32)

    square = tf.einsum("ri,cj->rcij", inside(height), inside(width))[..., None]
    covered = x * (1 - square) + value * square
    p = model(tf.reshape(covered, (-1, *x.shape)))
    return tf.reshape(p[:, label], (height - size + 1, width - size + 1))
