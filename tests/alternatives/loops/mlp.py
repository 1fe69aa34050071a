"""The multi-layer perceptron as loops over rows and layers."""

import random

import numpy as np

from layer import Dense, categorical_cross_entropy, one_hot, softmax


def relu(z):
    out = np.zeros(z.shape)
    for i, row in enumerate(z):
        out[i][row > 0] = row[row > 0]
    return out


def relu_backward(d_out, z):
    d_z = np.array(d_out, dtype=float)
    for i, row in enumerate(z):
        d_z[i][row <= 0] = 0.0
    return d_z


class MLP:
    def __init__(self, sizes, seed=0):
        self.layers = []
        for i in range(len(sizes) - 1):
            self.layers.append(Dense(sizes[i], sizes[i + 1], seed=seed + 20_000 * i))

    def forward(self, x):
        self.zs = []
        for i, layer in enumerate(self.layers):
            z = layer.forward(x)
            self.zs.append(z)
            x = relu(z) if i < len(self.layers) - 1 else softmax(z)
        self.p = x
        return x

    def backward(self, y_true):
        d = (self.p - one_hot(y_true, self.p.shape[1])) / len(y_true)
        for i in range(len(self.layers) - 1, -1, -1):
            d = self.layers[i].backward(d)
            if i > 0:
                d = relu_backward(d, self.zs[i - 1])

    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, p.shape[1]), p)
        self.backward(y_true)
        for layer in self.layers:
            layer.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        generator = random.Random(seed)
        history = []
        for _ in range(epochs):
            order = sorted(range(len(x)), key=lambda i: generator.random())
            losses = []
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                losses.append(self.train_step(x[batch], y_true[batch], learning_rate))
            history.append(sum(losses) / len(losses))
        return history

    def predict(self, x):
        return np.array([int(np.argmax(row)) for row in self.forward(x)])


def keras_mlp(sizes):
    import keras

    model = keras.Sequential()
    model.add(keras.Input(shape=(sizes[0],)))
    for units in sizes[1:-1]:
        model.add(keras.layers.Dense(units))
        model.add(keras.layers.ReLU())
    model.add(keras.layers.Dense(sizes[-1]))
    model.add(keras.layers.Softmax())
    return model
