"""The neuron in single precision: a dataclass, RandomState, parameters changed in place, prints."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import numpy as np

EPSILON = np.float32(1e-7)


def images_to_vectors(images: np.ndarray, dtype: type = np.float32) -> np.ndarray:
    vectors = images.astype(dtype)
    vectors /= dtype(255)
    return vectors.reshape(vectors.shape[0], -1)


def sigmoid(z: np.ndarray) -> np.ndarray:
    z = np.asarray(z, dtype=np.float32)
    p = np.empty_like(z)
    positive = z >= 0
    p[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    p[~positive] = e / (1 + e)
    return p


def binary_cross_entropy(y_true: np.ndarray, y_pred: np.ndarray) -> np.float32:
    p = np.clip(np.asarray(y_pred, dtype=np.float32), EPSILON, 1 - EPSILON)
    return np.where(y_true == 1, -np.log(p), -np.log(1 - p)).mean(dtype=np.float32)


@dataclass(eq=False)
class Neuron:
    n_inputs: int
    seed: int = 0
    verbose: bool = True
    kernel: np.ndarray = field(init=False, repr=False)
    bias: np.float32 = field(init=False, default=np.float32(0))

    def __post_init__(self) -> None:
        draw = np.random.RandomState(self.seed).randn(self.n_inputs)
        self.kernel = draw.astype(np.float32)
        self.kernel /= np.float32(self.n_inputs) ** 0.5

    @property
    def weights(self) -> list[np.ndarray]:
        return [self.kernel, np.asarray(self.bias)]

    def forward(self, x: np.ndarray) -> np.ndarray:
        x, kernel = np.float32(x), np.float32(self.kernel)
        return sigmoid(np.dot(x, kernel) + np.float32(self.bias))

    def gradients(self, x: np.ndarray, y_true: np.ndarray) -> tuple[np.ndarray, np.float32]:
        error = self.forward(x) - y_true.astype(np.float32)
        return np.mean(error[:, None] * np.float32(x), axis=0), np.mean(error)

    def train_step(self, x: np.ndarray, y_true: np.ndarray, learning_rate: float) -> np.float32:
        loss = binary_cross_entropy(y_true, self.forward(x))
        d_kernel, d_bias = self.gradients(x, y_true)
        self.kernel -= np.float32(learning_rate) * d_kernel
        self.bias -= np.float32(learning_rate) * d_bias
        return loss

    def fit(
        self,
        x: np.ndarray,
        y_true: np.ndarray,
        epochs: int,
        batch_size: int,
        learning_rate: float,
        seed: int = 0,
        callback=None,
    ) -> np.ndarray:
        random = np.random.RandomState(seed)
        history = np.zeros(epochs, dtype=np.float32)
        for epoch in range(epochs):
            order = np.arange(x.shape[0])
            random.shuffle(order)
            batches = np.split(order, range(batch_size, len(order), batch_size))
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history[epoch] = np.mean(losses)
            if self.verbose:
                print(f"epoch {epoch}: loss {history[epoch]:.4f}", file=sys.stderr)
        return history

    def predict(self, x: np.ndarray, threshold: float = 0.5) -> np.ndarray:
        return np.greater(self.forward(x), threshold).astype(np.uint8)


def keras_neuron(n_inputs: int):
    from keras import Input, Model, layers

    x = Input((n_inputs,), name="features")
    p = layers.Dense(1, activation="sigmoid", kernel_initializer="he_normal", name="neuron")(x)
    return Model(x, p, name="neuron_model")
