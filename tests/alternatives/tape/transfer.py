"""Tensors throughout, loops by hand under a tape; the head pools, and has a layer of its own."""

import numpy as np
import tensorflow as tf
from tensorflow import keras


def body_of(model, layer):
    [found] = [each for each in model.layers if each.name == layer]
    return keras.Model(inputs=model.input, outputs=found.output, name=f"up_to_{layer}")


def embed(body, x):
    rows = []
    for start in range(0, len(x), 16):
        maps = body(tf.constant(x[start : start + 16]), training=False)
        rows.append(tf.reshape(maps, (maps.shape[0], -1)))
    return tf.concat(rows, axis=0)


def nearest(embeddings, labels, queries, k=3):
    embeddings, queries = tf.constant(embeddings), tf.constant(queries)
    squared = (
        tf.reduce_sum(queries**2, axis=1, keepdims=True)
        - 2.0 * tf.matmul(queries, embeddings, transpose_b=True)
        + tf.reduce_sum(embeddings**2, axis=1)
    )
    _, order = tf.math.top_k(-squared, k)
    near = tf.gather(tf.constant(labels), order)  # (m, k), nearest first
    votes = tf.reduce_sum(tf.cast(near[:, :, None] == near[:, None, :], tf.int32), axis=2)
    return tf.gather(near, tf.argmax(votes, axis=1), batch_dims=1)  # argmax gives the first


def with_new_head(body, n_classes):
    body.trainable = False
    z = keras.layers.GlobalAveragePooling2D()(body.output)
    z = keras.layers.Dense(64, activation="relu")(z)
    z = keras.layers.Dropout(0.2)(z)
    z = keras.layers.Dense(n_classes)(z)
    model = keras.Model(body.input, keras.layers.Softmax()(z))
    model.compile(
        optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(),
    )
    return model


def fine_tune(model, body, x, y_true, seed=0):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    head_first(model, x, y_true, rng, keras.optimizers.Adam(0.01), epochs=30)
    body.trainable = True
    head_first(model, x, y_true, rng, keras.optimizers.Adam(0.0003), epochs=10)


def head_first(model, x, y_true, rng, optimizer, epochs):
    """Trains whatever is trainable now."""
    variables = model.trainable_variables

    @tf.function
    def step(images, labels):
        with tf.GradientTape() as tape:
            p = model(images, training=True)
            rows = tf.gather(p, labels, batch_dims=1)
            loss = -tf.reduce_mean(tf.math.log(rows + 1e-7))
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))

    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), 25):
            batch = order[start : start + 25]
            step(tf.constant(x[batch]), tf.constant(y_true[batch]))
