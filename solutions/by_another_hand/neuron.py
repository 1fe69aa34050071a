"""Brick 1: the neuron."""

import numpy as np


def images_to_vectors(images):
    """(n, h, w) grey images to (n, h * w) floats between 0 and 1."""
    n, h, w = images.shape
    return images.reshape(n, h * w).astype(np.float64) / 255.0


def sigmoid(z):
    """1 / (1 + exp(-z)), with exp only ever taken of numbers that are not positive."""
    z = np.asarray(z)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0 / (1.0 + e), e / (1.0 + e))


def binary_cross_entropy(y_true, y_pred):
    """Mean over the samples."""
    p = np.clip(np.asarray(y_pred, dtype=np.float64), 1e-7, 1.0 - 1e-7)
    loss = -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))
    return float(np.mean(loss))


class Neuron:
    """p = sigmoid(x . kernel + bias)."""

    def __init__(self, n_inputs, seed=0):
        rng = np.random.default_rng(seed)
        self.kernel = rng.normal(0.0, 1.0 / np.sqrt(n_inputs), size=n_inputs)
        self.bias = 0.0

    def forward(self, x):
        z = x @ self.kernel + self.bias
        return sigmoid(z)

    def gradients(self, x, y_true):
        n = x.shape[0]
        error = self.forward(x) - y_true  # dL/dz of each sample
        d_kernel = x.T @ error / n
        d_bias = error.sum() / n
        return d_kernel, float(d_bias)

    def train_step(self, x, y_true, learning_rate):
        loss = binary_cross_entropy(y_true, self.forward(x))
        d_kernel, d_bias = self.gradients(x, y_true)
        self.kernel = self.kernel - learning_rate * d_kernel
        self.bias = self.bias - learning_rate * d_bias
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        n = len(x)
        history = []
        for epoch in range(epochs):
            order = rng.permutation(n)
            losses = []
            for start in range(0, n, batch_size):
                batch = order[start:start + batch_size]
                loss = self.train_step(x[batch], y_true[batch], learning_rate)
                losses.append(loss)
            history.append(float(np.mean(losses)))
        return history

    def predict(self, x):
        p = self.forward(x)
        return (p > 0.5).astype(int)


def keras_neuron(n_inputs):
    """One Dense unit with a sigmoid."""
    import keras

    inputs = keras.Input(shape=(n_inputs,))
    outputs = keras.layers.Dense(1, activation="sigmoid")(inputs)
    return keras.Model(inputs, outputs)
