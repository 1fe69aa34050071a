"""The neuron by index notation, with the sigmoid as a hyperbolic tangent."""

import numpy as np
from numpy.random import PCG64, Generator


def images_to_vectors(images):
    return np.divide(images, 255, dtype=np.float64).reshape(images.shape[0], -1, order="C")


def sigmoid(z):
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(z, dtype=float))  # exactly 0.0 far to the left


def binary_cross_entropy(y_true, y_pred):
    p = np.maximum(np.minimum(y_pred, 1 - 1e-7), 1e-7)
    of_the_truth = np.abs(1 - y_true - p)  # p for class 1, 1 - p for class 0
    return -np.einsum("i->", np.log(of_the_truth)) / of_the_truth.size


class Neuron:
    def __init__(self, n_inputs, seed=0):
        self.kernel = Generator(PCG64(seed)).standard_normal(n_inputs) * n_inputs**-0.5
        self.bias = np.float64(0)

    def forward(self, x):
        return sigmoid(np.einsum("ij,j->i", x, self.kernel) + self.bias)

    def gradients(self, x, y_true):
        return self._gradients_at(self.forward(x), x, y_true)

    @staticmethod
    def _gradients_at(p, x, y_true):
        error = p - y_true
        return np.einsum("i,ij->j", error, x) / len(x), error.mean()

    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)  # once for the loss and the gradients
        for name, gradient in zip(
            ("kernel", "bias"), self._gradients_at(p, x, y_true), strict=True
        ):
            setattr(self, name, getattr(self, name) - learning_rate * gradient)
        return binary_cross_entropy(y_true, p)

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        generators = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(epochs))
        return [
            np.mean([self.train_step(x[i], y_true[i], learning_rate) for i in batches])
            for batches in (
                np.split(rng.permutation(len(x)), np.arange(batch_size, len(x), batch_size))
                for rng in generators
            )
        ]

    def predict(self, x):
        return np.heaviside(np.einsum("ij,j->i", x, self.kernel) + self.bias, 0).astype(np.int64)


def keras_neuron(n_inputs):
    import keras

    class KerasNeuron(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1, dtype="float64")

        def call(self, x):
            return keras.ops.sigmoid(self.dense(x))

    model = KerasNeuron()
    model(np.zeros((1, n_inputs)))
    return model
