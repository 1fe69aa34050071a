"""Brick 2: the single-layer perceptron."""

import numpy as np


def one_hot(labels, n_classes):
    """Rows of zeros with a single one."""
    n = len(labels)
    rows = np.zeros((n, n_classes))
    rows[np.arange(n), labels] = 1.0
    return rows


def softmax(z):
    """Row-wise softmax; the maximum of each row is taken off first."""
    shifted = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(shifted)
    return e / np.sum(e, axis=1, keepdims=True)


def categorical_cross_entropy(y_true, y_pred):
    """Mean over the samples of -sum(y log p)."""
    p = np.clip(np.asarray(y_pred, dtype=np.float64), 1e-7, 1.0 - 1e-7)
    per_sample = -np.sum(y_true * np.log(p), axis=1)
    return float(per_sample.mean())


class Dense:
    """x . kernel + bias."""

    def __init__(self, n_inputs, units, seed=0):
        rng = np.random.default_rng(seed)
        limit = np.sqrt(6.0 / (n_inputs + units))
        self.kernel = rng.uniform(-limit, limit, size=(n_inputs, units))
        self.bias = np.zeros(units)
        self.d_kernel = np.zeros((n_inputs, units))
        self.d_bias = np.zeros(units)
        self.x = None

    def forward(self, x):
        self.x = x
        return x @ self.kernel + self.bias

    def backward(self, d_out):
        self.d_kernel = self.x.T @ d_out
        self.d_bias = d_out.sum(axis=0)
        return d_out @ self.kernel.T

    def step(self, learning_rate):
        self.kernel = self.kernel - learning_rate * self.d_kernel
        self.bias = self.bias - learning_rate * self.d_bias


class SingleLayerPerceptron:
    """Softmax over one dense layer."""

    def __init__(self, n_inputs, n_classes, seed=0):
        self.n_classes = n_classes
        self.dense = Dense(n_inputs, n_classes, seed=seed)

    def forward(self, x):
        scores = self.dense.forward(x)
        self.p = softmax(scores)
        return self.p

    def backward(self, y_true):
        n = len(y_true)
        d_scores = (self.p - one_hot(y_true, self.n_classes)) / n
        return self.dense.backward(d_scores)

    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, self.n_classes), p)
        self.backward(y_true)
        self.dense.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        n = len(x)
        history = []
        for epoch in range(epochs):
            order = rng.permutation(n)
            epoch_losses = []
            for start in range(0, n, batch_size):
                idx = order[start:start + batch_size]
                epoch_losses.append(self.train_step(x[idx], y_true[idx], learning_rate))
            history.append(sum(epoch_losses) / len(epoch_losses))
        return history

    def predict(self, x):
        return np.argmax(self.forward(x), axis=1)


def keras_layer(n_inputs, n_classes):
    """One Dense layer with a softmax."""
    import keras

    return keras.Sequential([
        keras.Input(shape=(n_inputs,)),
        keras.layers.Dense(n_classes, activation="softmax"),
    ])
