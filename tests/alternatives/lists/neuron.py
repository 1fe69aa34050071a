"""The neuron that answers with plain lists, tuples and floats."""

from typing import NamedTuple

import numpy as np


class Gradients(NamedTuple):
    d_kernel: list
    d_bias: float


def images_to_vectors(images):
    return [[pixel / 255 for row in image for pixel in row] for image in images.tolist()]


def sigmoid(z):
    z = np.asarray(z, dtype=np.float64)
    return np.exp(-np.logaddexp(0, -z)).tolist()


def binary_cross_entropy(y_true, y_pred):
    p = np.clip(y_pred, 1e-7, 1 - 1e-7)
    return float(np.average(-np.log(np.choose(y_true, [1 - p, p]))))


class Neuron:
    def __init__(self, n_inputs, seed=0):
        random = np.random.default_rng(seed=seed)
        self.kernel = random.normal(0, 1, n_inputs) / np.sqrt(n_inputs)
        self.bias = 0

    def forward(self, x):
        return sigmoid(np.inner(x, self.kernel) + self.bias)

    def gradients(self, x, y_true):
        error = (np.array(self.forward(x)) - y_true) / len(y_true)
        return Gradients((error @ x).tolist(), sum(error.tolist()))

    def train_step(self, x, y_true, learning_rate):
        loss = binary_cross_entropy(y_true, self.forward(x))
        gradients = self.gradients(x, y_true)
        self.kernel = self.kernel - np.multiply(learning_rate, gradients.d_kernel)
        self.bias = self.bias - learning_rate * gradients.d_bias
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        random = np.random.default_rng(seed=seed)
        history = ()
        for _ in range(epochs):
            pairs = random.permutation(len(y_true)).tolist()
            losses = []
            while pairs:
                batch = [pairs.pop() for _ in range(min(batch_size, len(pairs)))]
                losses.append(
                    self.train_step(x.take(batch, axis=0), y_true.take(batch), learning_rate)
                )
            history = (*history, sum(losses) / len(losses))
        return history

    def predict(self, x):
        return [int(p > 0.5) for p in self.forward(x)]


def keras_neuron(n_inputs):
    import keras

    dense = keras.layers.Dense(units=1, activation=keras.activations.sigmoid)
    dense.build((None, n_inputs))
    return keras.Sequential([keras.layers.InputLayer(shape=(n_inputs,)), dense], name="neuron")
