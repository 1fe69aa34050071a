"""Small functions and closures; as little as possible is kept, and what is kept is in tuples."""

from functools import partial
from itertools import repeat

import numpy as np
import tensorflow as tf
from keras import (
    Input,
    Model,
    activations,
    callbacks,
    layers,
    ops,
    random,
    utils,
)

ZERO = tf.UnconnectedGradients.ZERO


def _gradient(loss, variable):
    with tf.GradientTape() as tape:
        tape.watch(variable)
        value = loss()
    return tf.convert_to_tensor(tape.gradient(value, variable, unconnected_gradients=ZERO))


def gradients(loss, variables):
    return [*map(partial(_gradient, loss), variables)]


class DenseLayer(layers.Dense):
    """Keras's own, under another name."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation=activation, **kwargs)


class Momentum:
    def __init__(self, learning_rate, momentum=0.9):
        def step(velocity, gradient, variable):
            velocity = momentum * velocity - learning_rate * gradient
            variable.assign_add(velocity)
            return velocity

        self.step, self.velocities = step, repeat(np.float32(0))

    def apply(self, gradients, variables):
        self.velocities = [*map(self.step, self.velocities, gradients, variables)]


class Adam:
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.powers = 1.0, 1.0

        def step(averages, gradient, variable):
            mean, square = averages
            mean = mean * beta_1 + gradient * (1 - beta_1)
            square = square * beta_2 + gradient * gradient * (1 - beta_2)
            power_1, power_2 = self.powers
            root = tf.sqrt(square / (1 - power_2))
            variable.assign_sub(learning_rate * (mean / (1 - power_1)) / (root + epsilon))
            return mean, square

        self.betas, self.step = (beta_1, beta_2), step
        self.averages = repeat((np.float32(0), np.float32(0)))

    def apply(self, gradients, variables):
        self.powers = tuple(p * beta for p, beta in zip(self.powers, self.betas, strict=True))
        self.averages = [*map(self.step, self.averages, gradients, variables)]


def dropout(x, rate, training, seed=0):
    kept = ops.cast(random.uniform(np.shape(x), seed=seed) >= rate, "float32")
    return x * kept / (1 - rate) if training else x


def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    batch = np.mean(x, axis=0), np.var(x, axis=0)
    moving = moving_mean, moving_variance
    mean, variance = batch if training else moving

    def moved(old, new):
        return momentum * old + (1 - momentum) * new if training else old

    y = (x - mean) * (gamma / np.sqrt(variance + epsilon)) + beta
    return (y, *map(moved, moving, batch))


def _losses(p, labels):
    return -tf.math.log(tf.maximum(tf.gather(p, labels, batch_dims=1), 1e-7))


def _hits(p, labels):
    return np.argmax(p, axis=1) == labels


def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
    shuffled = np.random.default_rng([seed, 6]).permutation

    def step(batch):
        batch = np.array(batch)
        with tf.GradientTape() as tape:
            p = model(tf.constant(x[batch]), training=True)
            losses = _losses(p, y_true[batch])
            loss = tf.reduce_mean(losses)
        optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
        return np.stack([losses, _hits(p, y_true[batch])])

    def epoch():
        batches = np.split(shuffled(len(x)), range(batch_size, len(x), batch_size))
        learned = np.mean(np.concatenate([*map(step, batches)], axis=1), axis=1)
        p = model(tf.constant(x_val), training=False)
        seen = np.mean(_losses(p, y_val)), np.mean(_hits(p, y_val))
        return (*learned.tolist(), *map(float, seen))

    def is_over(rows):
        losses = [row[2] for row in rows]
        return patience is not None and len(rows) - 1 - int(np.argmin(losses)) >= patience

    rows, kept = [], []
    while len(rows) < epochs and not (rows and is_over(rows)):
        rows.append(epoch())
        kept.append(model.get_weights())
    if patience is not None:
        model.set_weights(kept[int(np.argmin([row[2] for row in rows]))])
    columns = zip(*rows, strict=True)
    return dict(
        zip(("loss", "accuracy", "val_loss", "val_accuracy"), map(list, columns), strict=True)
    )


def keras_mlp_with_dropout(sizes, rate):
    def hidden(x, units):
        return layers.Dropout(rate)(activations.relu(DenseLayer(units)(x)))

    x = inputs = Input(sizes[:1])
    for units in sizes[1:-1]:
        x = hidden(x, units)
    model = Model(inputs, DenseLayer(sizes[-1], activations.softmax)(x))
    model.compile("nadam", "sparse_categorical_crossentropy")
    return model


def keras_train(model, x, y_true, x_val, y_val, seed=0):
    """Twice: coarse steps, then fine ones from the best of them."""
    utils.set_random_seed(seed)
    stopping = partial(callbacks.EarlyStopping, restore_best_weights=True)
    fit = partial(model.fit, x, y_true, validation_data=(x_val, y_val), verbose=0, epochs=15)
    fit(callbacks=[stopping(patience=2)], batch_size=15)
    model.optimizer.learning_rate = float(np.array(model.optimizer.learning_rate)) / 10
    fit(callbacks=[stopping(patience=3)], batch_size=15)
