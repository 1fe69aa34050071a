"""The layer as loops over samples and units."""

import math
import random

import numpy as np


def one_hot(labels, n_classes):
    rows = np.zeros((len(labels), n_classes))
    for row, label in zip(rows, labels, strict=True):
        row[label] = 1.0
    return rows


def softmax(z):
    p = np.empty(np.shape(z))
    for i, row in enumerate(np.asarray(z).tolist()):
        largest = max(row)
        e = [math.exp(score - largest) for score in row]
        total = sum(e)
        for j in range(len(row)):
            p[i, j] = e[j] / total
    return p


def categorical_cross_entropy(y_true, y_pred):
    total = 0.0
    for truth, row in zip(y_true, y_pred, strict=True):
        for y, p in zip(truth, row, strict=True):
            if y:
                total -= y * math.log(min(max(p, 1e-7), 1 - 1e-7))
    return total / len(y_true)


class Dense:
    def __init__(self, n_inputs, units, seed=0):
        generator = random.Random(seed)
        limit = math.sqrt(6 / (n_inputs + units))
        self.kernel = np.empty((n_inputs, units))
        for j in range(units):  # unit by unit: another order than row by row
            for i in range(n_inputs):
                self.kernel[i, j] = generator.uniform(-limit, limit)
        self.bias = np.zeros(units)

    def forward(self, x):
        self.x = x
        n, units = len(x), self.kernel.shape[1]
        out = np.empty((n, units))
        for i in range(n):
            for j in range(units):
                out[i, j] = np.dot(x[i], self.kernel[:, j]) + self.bias[j]
        return out

    def backward(self, d_out):
        self.d_kernel = np.zeros(self.kernel.shape)
        self.d_bias = np.zeros(self.bias.shape)
        d_x = np.zeros(self.x.shape)
        for i in range(len(d_out)):
            self.d_kernel += np.outer(self.x[i], d_out[i])
            for j in range(len(self.bias)):
                self.d_bias[j] += d_out[i, j]
                d_x[i] += d_out[i, j] * self.kernel[:, j]
        return d_x

    def step(self, learning_rate):
        for j in range(len(self.bias)):
            self.kernel[:, j] -= learning_rate * self.d_kernel[:, j]
            self.bias[j] -= learning_rate * self.d_bias[j]


class SingleLayerPerceptron:
    def __init__(self, n_inputs, n_classes, seed=0):
        self.dense = Dense(n_inputs, n_classes, seed=seed)

    def forward(self, x):
        self.p = softmax(self.dense.forward(x))
        return self.p

    def backward(self, y_true):
        d_z = self.p.copy()
        for i, label in enumerate(y_true):
            d_z[i, label] -= 1.0
        self.dense.backward(d_z / len(y_true))

    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, p.shape[1]), p)
        self.backward(y_true)
        self.dense.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        history = []
        for epoch in range(epochs):
            order = list(range(len(x)))
            random.Random(f"{seed} {epoch}").shuffle(order)  # a generator for each epoch
            total, n_batches = 0.0, 0
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                total += self.train_step(x[batch], y_true[batch], learning_rate)
                n_batches += 1
            history.append(total / n_batches)
        return history

    def predict(self, x):
        labels = np.zeros(len(x), dtype=int)
        for i, row in enumerate(self.forward(x)):
            for j, p in enumerate(row):
                if p > row[labels[i]]:
                    labels[i] = j
        return labels


def keras_layer(n_inputs, n_classes):
    import keras

    model = keras.Sequential()
    model.add(keras.Input(shape=(n_inputs,)))
    model.add(keras.layers.Dense(n_classes))
    model.add(keras.layers.Softmax())
    return model
