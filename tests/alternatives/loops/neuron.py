"""The neuron in plain Python: lists of floats, loops, and the generator of `random`."""

import math
import random

import numpy as np


def images_to_vectors(images):
    vectors = []
    for image in images:
        vector = []
        for row in image:
            for pixel in row:
                vector.append(int(pixel) / 255)
        vectors.append(vector)
    return np.array(vectors)


def logistic(z):
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    e = math.exp(z)
    return e / (1 + e)


def sigmoid(z):
    p = np.empty(np.shape(z))
    for index, value in np.ndenumerate(z):
        p[index] = logistic(value)
    return p


def binary_cross_entropy(y_true, y_pred):
    total = 0.0
    for y, p in zip(y_true, y_pred, strict=True):
        p = min(max(float(p), 1e-7), 1 - 1e-7)
        total -= math.log(p) if y == 1 else math.log(1 - p)
    return total / len(y_true)


class Neuron:
    def __init__(self, n_inputs, seed=0):
        generator = random.Random(seed)
        scale = 1 / math.sqrt(n_inputs)
        self.kernel = np.array([generator.gauss(0.0, scale) for _ in range(n_inputs)])
        self.bias = 0.0

    def forward(self, x):
        weights = np.asarray(self.kernel).tolist()
        probabilities = []
        for sample in np.asarray(x).tolist():
            z = self.bias
            for weight, feature in zip(weights, sample, strict=True):
                z += weight * feature
            probabilities.append(logistic(z))
        return np.array(probabilities)

    def gradients(self, x, y_true):
        d_kernel = [0.0] * len(self.kernel)
        d_bias = 0.0
        for sample, y, p in zip(np.asarray(x).tolist(), y_true, self.forward(x), strict=True):
            error = float(p) - int(y)
            for i, feature in enumerate(sample):
                d_kernel[i] += error * feature
            d_bias += error
        return np.array([d / len(x) for d in d_kernel]), d_bias / len(x)

    def train_step(self, x, y_true, learning_rate):
        loss = binary_cross_entropy(y_true, self.forward(x))
        d_kernel, d_bias = self.gradients(x, y_true)
        self.kernel = np.array(
            [w - learning_rate * d for w, d in zip(self.kernel, d_kernel, strict=True)]
        )
        self.bias = self.bias - learning_rate * d_bias
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        generator = random.Random(seed)
        order = list(range(len(x)))
        history = []
        for _ in range(epochs):
            generator.shuffle(order)
            losses = []
            left = list(order)
            while left:
                batch, left = left[:batch_size], left[batch_size:]
                losses.append(self.train_step(x[batch], y_true[batch], learning_rate))
            history.append(sum(losses) / len(losses))
        return history

    def predict(self, x):
        labels = []
        for p in self.forward(x):
            labels.append(1 if p > 0.5 else 0)
        return np.array(labels)


def keras_neuron(n_inputs):
    import keras

    model = keras.Sequential()
    model.add(keras.Input(shape=(n_inputs,)))
    model.add(keras.layers.Dense(1))
    model.add(keras.layers.Activation("sigmoid"))
    return model
