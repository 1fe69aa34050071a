"""The layer in single precision: parameters behind properties, changed in place."""

from __future__ import annotations

import numpy as np

FLOAT = np.float32


def one_hot(labels: np.ndarray, n_classes: int, dtype=FLOAT) -> np.ndarray:
    return (np.asarray(labels)[:, None] == np.arange(n_classes)).astype(dtype)


def softmax(z: np.ndarray, axis: int = 1) -> np.ndarray:
    shifted = np.asarray(z, dtype=FLOAT)
    shifted = shifted - np.max(shifted, axis=axis, keepdims=True)
    np.exp(shifted, out=shifted)
    shifted /= np.sum(shifted, axis=axis, keepdims=True)
    return shifted


def categorical_cross_entropy(y_true: np.ndarray, y_pred: np.ndarray) -> np.float32:
    p = np.clip(np.asarray(y_pred, dtype=FLOAT), FLOAT(1e-7), FLOAT(1 - 1e-7))
    return np.mean(-np.log(p[np.arange(len(p)), np.argmax(y_true, axis=1)]))


class Dense:
    def __init__(self, n_inputs: int, units: int, seed: int = 0, *, name: str = "dense") -> None:
        self.name = name
        limit = np.sqrt(FLOAT(6) / FLOAT(n_inputs + units))
        random = np.random.RandomState(seed)
        self.kernel = (2 * random.random_sample((units, n_inputs)).T - 1) * limit
        self.bias = np.zeros(units)
        self.d_kernel = np.zeros_like(self.kernel)
        self.d_bias = np.zeros_like(self.bias)

    @property
    def kernel(self) -> np.ndarray:
        return self._kernel

    @kernel.setter
    def kernel(self, value: np.ndarray) -> None:
        self._kernel = np.array(value, dtype=FLOAT)

    @property
    def bias(self) -> np.ndarray:
        return self._bias

    @bias.setter
    def bias(self, value: np.ndarray) -> None:
        self._bias = np.array(value, dtype=FLOAT)

    def __repr__(self) -> str:
        return f"<{self.name} {self.kernel.shape}>"

    def forward(self, x: np.ndarray, training: bool = True) -> np.ndarray:
        x = np.asarray(x, dtype=FLOAT)
        if training:
            self._x = x
        out = x @ self._kernel
        out += self._bias
        return out

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        d_out = np.asarray(d_out, dtype=FLOAT)
        np.matmul(self._x.T, d_out, out=self.d_kernel)  # into the same arrays each time
        np.sum(d_out, axis=0, out=self.d_bias)
        return d_out @ self._kernel.T

    def step(self, learning_rate: float) -> None:
        self._kernel -= FLOAT(learning_rate) * self.d_kernel
        self._bias -= FLOAT(learning_rate) * self.d_bias


class SingleLayerPerceptron:
    def __init__(self, n_inputs: int, n_classes: int, seed: int = 0, verbose: int = 1) -> None:
        self.dense = Dense(n_inputs, n_classes, seed, name="scores")
        self.verbose = verbose

    def forward(self, x: np.ndarray) -> np.ndarray:
        self._p = softmax(self.dense.forward(x))
        return self._p

    def backward(self, y_true: np.ndarray) -> np.ndarray:
        d_z = self._p.copy()
        d_z[np.arange(len(d_z)), y_true] -= 1
        d_z /= len(d_z)
        return self.dense.backward(d_z)

    def train_step(self, x: np.ndarray, y_true: np.ndarray, learning_rate: float) -> np.float32:
        p = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, p.shape[1]), p)
        self.backward(y_true)
        self.dense.step(learning_rate)
        return loss

    def fit(
        self, x, y_true, epochs, batch_size, learning_rate, seed=0, decay: float = 1.0
    ) -> list[np.float32]:
        random = np.random.RandomState(seed)
        history = []
        for epoch in range(epochs):
            order = random.permutation(len(x))
            shuffled_x, shuffled_y = np.asarray(x, FLOAT)[order], y_true[order]
            losses = [
                self.train_step(
                    shuffled_x[i : i + batch_size], shuffled_y[i : i + batch_size], learning_rate
                )
                for i in range(0, len(x), batch_size)
            ]
            learning_rate *= decay
            history.append(np.mean(losses))
            if self.verbose:
                print(self, "epoch", epoch + 1, "of", epochs, "loss", history[-1])
        return history

    def predict(self, x: np.ndarray) -> np.ndarray:
        return np.argmax(self.dense.forward(x, training=False), axis=-1).astype(np.int32)


def keras_layer(n_inputs: int, n_classes: int):
    from keras import Input, Model, layers

    x = Input(shape=(n_inputs,))
    scores = layers.Dense(n_classes, name="scores")(x)
    return Model(inputs=x, outputs=layers.Activation("softmax")(scores))
