"""All images at once: nothing in the training is random. The head has two layers."""

import keras
import numpy as np
from keras import ops


def body_of(model, layer):
    return keras.models.Model(model.input, model.get_layer(layer).output)


def embed(body, x):
    maps = ops.convert_to_numpy(body(x, training=False))
    return maps.reshape(maps.shape[0], int(np.prod(maps.shape[1:])))


def nearest(embeddings, labels, queries, k=3):
    n_classes = int(np.max(labels)) + 1
    answers = []
    for query in np.asarray(queries, np.float64):
        rank = np.argsort(((embeddings - query) ** 2).sum(1), kind="stable")[:k]
        votes = np.eye(n_classes)[labels[rank]].sum(0)
        votes += 0.5 * np.isin(
            np.arange(n_classes), labels[rank][votes[labels[rank]] == max(votes)][0]
        )
        answers.append(votes.argmax())
    return np.asarray(answers)


def with_new_head(body, n_classes):
    body.trainable = False
    images = keras.Input(shape=body.input_shape[1:])
    features = body(images, training=False)
    pooled = ops.concatenate(
        [
            keras.layers.GlobalMaxPooling2D()(features),
            keras.layers.GlobalAveragePooling2D()(features),
        ],
        axis=-1,
    )
    hidden = keras.layers.Dense(48, activation="tanh")(pooled)
    model = keras.Model(images, keras.layers.Dense(n_classes, "softmax")(hidden))
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy())
    return model


def fine_tune(model, body, x, y_true, seed=0):
    for free, rate, steps in ((False, 0.01, 120), (True, 0.0002, 40)):
        body.trainable = free
        model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
        for _ in range(steps):
            model.train_on_batch(x, y_true)
