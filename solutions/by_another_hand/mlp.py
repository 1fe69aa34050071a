"""Brick 3: the multi-layer perceptron."""

import numpy as np

from layer import Dense, categorical_cross_entropy, one_hot, softmax


def relu(z):
    """max(z, 0)."""
    return np.maximum(z, 0.0)


def relu_backward(d_out, z):
    """Lets the gradient through where z > 0."""
    return d_out * (z > 0)


class MLP:
    """Dense, ReLU, ..., Dense, softmax."""

    def __init__(self, sizes, seed=0):
        children = np.random.SeedSequence(seed).generate_state(len(sizes) - 1)
        self.layers = []
        for i in range(len(sizes) - 1):
            self.layers.append(Dense(sizes[i], sizes[i + 1], seed=int(children[i])))
        self.n_classes = sizes[-1]

    def forward(self, x):
        self.zs = []  # the inputs of the ReLUs
        a = x
        for layer in self.layers[:-1]:
            z = layer.forward(a)
            self.zs.append(z)
            a = relu(z)
        scores = self.layers[-1].forward(a)
        self.p = softmax(scores)
        return self.p

    def backward(self, y_true):
        n = len(y_true)
        d = (self.p - one_hot(y_true, self.n_classes)) / n
        d = self.layers[-1].backward(d)
        for layer, z in zip(reversed(self.layers[:-1]), reversed(self.zs)):
            d = relu_backward(d, z)
            d = layer.backward(d)
        return d

    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, self.n_classes), p)
        self.backward(y_true)
        for layer in self.layers:
            layer.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        n = len(x)
        history = []
        for _ in range(epochs):
            order = rng.permutation(n)
            total, count = 0.0, 0
            for start in range(0, n, batch_size):
                idx = order[start:start + batch_size]
                total += self.train_step(x[idx], y_true[idx], learning_rate)
                count += 1
            history.append(total / count)
        return history

    def predict(self, x):
        return self.forward(x).argmax(axis=1)


def keras_mlp(sizes):
    """The same stack in Keras."""
    import keras

    model = keras.Sequential()
    model.add(keras.Input(shape=(sizes[0],)))
    for units in sizes[1:-1]:
        model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(sizes[-1], activation="softmax"))
    return model
